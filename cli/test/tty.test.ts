/** A person at a terminal: noxus in tmux. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { columnsOf } from "../text.ts";
import { pluginFile } from "./repository.ts";
import { hasTmux, openScreen, type Screen } from "./tmux.ts";

if (!hasTmux) console.log("skipped: tmux is missing (Debian package tmux)");
const withTmux = hasTmux ? test : test.skip;

const root = mkdtempSync(join(tmpdir(), "noxus-tty-"));
const folder = join(root, "plugin");
const noxus = `"${process.execPath}" "${join(import.meta.dirname, "noxus.ts")}"`;
const env = { PATH: process.env.PATH ?? "", HOME: root, LANG: "C.UTF-8", SHELL: "/bin/sh" };

/** Enough nodes to take longer than half a second on any machine. */
const nodes = Array.from(
  { length: 60 },
  (_, index) => `export class N${index}Node extends Node {
  call(text: string, more: { readonly a${index}: Record<string, string[]> }): { text: string; more: typeof more } {
    return { text, more };
  }
}`,
);
const source = `import { Node, Plugin } from "noxus/plugins";
${nodes.join("\n")}
export class EchoPlugin extends Plugin {
  nodes() {
    return [${nodes.map((_, index) => `new N${index}Node()`).join(", ")}];
  }
}
`;
/** A name that would clear the screen and name the window. */
const hostile = "a\u001b[2J\u001b]0;owned\u0007b.ts";

test.before(() => {
  mkdirSync(join(folder, "src"), { recursive: true });
  writeFileSync(join(folder, "plugin.yaml"), pluginFile("demo", "permisions: []\n"));
  writeFileSync(join(folder, "src", "index.ts"), `import ${JSON.stringify(`./${hostile}`)};\n${source}`);
  writeFileSync(
    join(folder, "src", hostile),
    `export const text: string = ${"1 + ".repeat(60)}1; // \u001b[31m\n`,
  );
});

let opened = 0;

async function on(
  command: string,
  use: (screen: Screen) => Promise<void>,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const scratch = join(root, `screen-${opened++}`);
  mkdirSync(scratch);
  const screen = openScreen(command, 72, { cwd: folder, scratch, env: { ...env, ...more } });
  try {
    await use(screen);
  } finally {
    screen.close();
  }
}

const ended = (screen: Screen) => /^ended with \d+$/m.test(screen.shown());

withTmux("progress comes after half a second and goes again; findings are coloured and fit the width", () =>
  on(`${noxus} validate`, async (screen) => {
    await screen.until("the end", ended);
    const written = screen.written();
    assert.match(written, "\r\u001b[K\u001b[2mchecking plugin\u001b[0m");
    const shown = screen.shown();
    assert.not.match(shown, "checking");
    assert.match(shown, /✗ demo 0\.1\.0: 2 errors/);
    assert.match(shown, "ended with 1");
    assert.match(written, "\u001b[1;31merror[NX1004]\u001b[0m");
    // A line that is wider would go on in the next one.
    assert.match(shown, /^ *1 \| .*…$/m);
    for (const line of shown.split("\n")) assert.ok(columnsOf(line) <= 72, line);
  }),
);

withTmux("a file's name and text cannot speak to the terminal", () =>
  on(`${noxus} validate`, async (screen) => {
    const before = screen.title();
    await screen.until("the end", ended);
    assert.match(screen.shown(), String.raw`--> src/a\x1b[2J\x1b]0;owned\x07b.ts:1:14`);
    assert.is(screen.title(), before);
    assert.not.match(screen.written(), "owned\u0007");
  }),
);

withTmux("what is known from before comes without progress, and without colour where none is wanted", () =>
  on(
    `${noxus} validate >/dev/null; clear; ${noxus} validate`,
    async (screen) => {
      await screen.until("the end", ended);
      const second = screen.written().split("\u001b[H").at(-1) ?? "";
      assert.match(second, "error[NX1004]");
      assert.not.match(second, "checking");
      assert.not.match(second, "\u001b[1;31m");
    },
    { NO_COLOR: "1" },
  ),
);

withTmux("Ctrl-C ends at once with 130 and leaves a clean line", () =>
  on(`${noxus} validate --no-cache`, async (screen) => {
    await screen.until("progress", ({ written }) => written().includes("checking plugin"));
    screen.press("C-c");
    await screen.until("the end", ended);
    assert.match(screen.shown(), "ended with 130");
    assert.not.match(screen.shown(), "checking");
  }),
);

test("off a terminal there is neither progress nor colour", () => {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", `${noxus} validate`], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  assert.is(status, 1);
  assert.is(stderr, "");
  assert.not.match(stdout, "\u001b");
  assert.match(stdout, /✗ demo 0\.1\.0: 2 errors/);
});

test.after(() => rmSync(root, { recursive: true, force: true }));

test.run();
