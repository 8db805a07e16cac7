/** What projects share, and what they leave out. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { analyze } from "../analyze.ts";
import { completeTypes } from "../load/node-types.ts";
import { loadProject } from "../load/project.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "noxus-shared-")));
test.after(() => rmSync(root, { recursive: true, force: true }));

let made = 0;

/** A plugin whose node's body is `body`; other files beside it as they are given. */
function plugin(body: string, imports = "", files: Readonly<Record<string, string>> = {}): string {
  const folder = join(root, String(made++));
  const all = {
    "plugin.yaml": "name: clock\nversion: 0.1.0\nentrypoint: src/index.ClockPlugin\n",
    "src/index.ts": `import { Node, Plugin } from "noxus/plugins";
${imports}
export class ClockNode extends Node {
  call(text: string): { text: string } {
    ${body}
  }
}
export class ClockPlugin extends Plugin {
  nodes() {
    return [new ClockNode()];
  }
}
`,
    ...files,
  };
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(join(folder, file, ".."), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

/** Names of the files that a plugin's program holds once it is complete. */
function program(folder: string) {
  const loaded = loadProject(folder);
  loaded.project.addSourceFileAtPath(join(folder, "src/index.ts"));
  completeTypes(loaded, folder);
  return loaded.project.getProgram().compilerObject;
}

function hasNodeTypes(folder: string): boolean {
  return program(folder)
    .getSourceFiles()
    .some(({ fileName }) => fileName.includes("/@types/node/"));
}

const plain = "return { text };";

test("TypeScript's libraries are parsed once for all projects of a thread", () => {
  const [first, second] = [plugin(plain), plugin(plain)].map((folder) =>
    program(folder)
      .getSourceFiles()
      .filter(({ fileName }) => fileName.includes("/typescript/lib/")),
  );
  assert.ok(first !== undefined && first.length > 10);
  assert.ok(first.every((file, index) => file === second?.[index]));
});

test("Node's types are left out where nothing needs them", () => {
  assert.is(hasNodeTypes(plugin(plain)), false);
});

for (const [what, folder] of [
  ["a global of Node", plugin('return { text: process.env.CLOCK ?? "" };')],
  ["a built-in module", plugin("return { text: basename(text) };", 'import { basename } from "node:path";')],
  [
    "the declarations of a package",
    plugin(plain, 'import "./own.d.ts";', { "src/own.d.ts": "export {};\n" }),
  ],
  [
    "what the SDK says with them",
    plugin(plain, 'import type { Context } from "noxus/plugins"; export type C = Context;'),
  ],
  ["an addition to the global scope", plugin(plain, "declare global { interface Clock {} }")],
] as const)
  test(`Node's types are there for ${what}`, () => {
    assert.is(hasNodeTypes(folder), true);
  });

test("what was shared does not leak from one plugin into the next", async () => {
  const adding = plugin(
    plain,
    "declare global { interface String { clock(): string } interface Array<T> { clock: T } }",
  );
  const using = plugin("return { text: text.clock() };");
  assert.equal((await analyze(adding)).diagnostics, []);
  assert.equal(
    (await analyze(using)).diagnostics.map(({ code }) => code),
    ["NX2100"],
  );
  assert.equal((await analyze(plugin(plain))).diagnostics, []);
});

test.run();
