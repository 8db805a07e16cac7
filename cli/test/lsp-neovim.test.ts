/** Debian's Neovim, without a screen: the finding appears, and the quick fix edits plugin.yaml. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";

const yaml = "name: clock\nversion: 0.1.0\nentrypoint: src/index.ClockPlugin # where it starts\n";
const source = `import { Node, Plugin } from "noxus/plugins";

export class ClockNode extends Node {
  async call(city: string): Promise<{ time: string }> {
    const reply = await fetch(\`https://time.example.com/\${city}\`);
    return { time: await reply.text() };
  }
}

export class ClockPlugin extends Plugin {
  nodes() {
    return [new ClockNode()];
  }
}
`;

const hasNeovim = spawnSync("nvim", ["--version"]).status === 0;
if (!hasNeovim) console.log("SKIPPED: Neovim is not installed (apt-get install neovim)");

(hasNeovim ? test : test.skip)("Neovim shows a missing permission, and declares it on request", () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "noxus-neovim-")));
  try {
    mkdirSync(join(folder, "plugin", "src"), { recursive: true });
    writeFileSync(join(folder, "plugin", "plugin.yaml"), yaml);
    writeFileSync(join(folder, "plugin", "src", "index.ts"), source);
    const answer = join(folder, "answer");
    const { stderr } = spawnSync(
      "nvim",
      ["--headless", "--clean", "-S", join(import.meta.dirname, "lsp", "init.lua")],
      {
        env: {
          ...process.env,
          // Its logs and state stay in the folder that goes away.
          HOME: folder,
          XDG_STATE_HOME: folder,
          XDG_CACHE_HOME: folder,
          PLUGIN: join(folder, "plugin"),
          ANSWER: answer,
          NODE: process.execPath,
          NOXUS: join(import.meta.dirname, "noxus.ts"),
        },
        timeout: 180_000,
        encoding: "utf8",
      },
    );
    assert.is(
      readFileSync(answer, "utf8"),
      "NX3001 | declare `network:time.example.com` in plugin.yaml | 0 left\n",
      stderr,
    );
    assert.is(
      readFileSync(join(folder, "plugin", "plugin.yaml"), "utf8"),
      `${yaml}permissions:\n  - network:time.example.com\n`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
