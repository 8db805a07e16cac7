/** What is known of a plugin's types is used again after an edit only where it says what a fresh analysis says. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { analyze } from "../analyze.ts";
import type { Before, KnownTypes } from "../reuse.ts";
import type { Analysis } from "../types.ts";

const files = {
  "plugin.yaml": "name: tides\nversion: 0.1.0\nentrypoint: src/index.TidesPlugin\n",
  "tsconfig.json": '{ "compilerOptions": { "strict": true, "noUnusedLocals": true } }',
  "src/index.ts": `import { Plugin } from "noxus/plugins";
import { ports } from "./ports.ts";
import { Base } from "./base.ts";
export class TidesPlugin extends Base {
  override nodes() {
    return [...ports];
  }
}
export const kind = Plugin.name;
`,
  "src/base.ts": `import { Plugin } from "noxus/plugins";
import type { Node } from "noxus/plugins";
export abstract class Base extends Plugin {
  nodes(): Node[] {
    return [];
  }
}
`,
  "src/ports.ts": `import { Node } from "noxus/plugins";
import { latest, round, height, Gauge } from "./height.ts";
function FloodNodeName(): string {
  return "flood";
}
export class FloodNode extends Node {
  call(hour: number): { metres: number; name: string } {
    return { metres: round(height(hour)), name: FloodNodeName() };
  }
}
/** The water goes. */
export class EbbNode extends Node {
  call(hour: number = 6) {
    return { metres: latest(hour), level: new Gauge().level };
  }
}
export const ports = [new FloodNode(), new EbbNode()];
`,
  "src/height.ts": `let last: number | null = 0;
export const height = (hour: number): number => Math.cos(hour);
export function latest(hour: number) {
  const read = () => last;
  return hour === 0 ? 0 : read();
}
export function round(metres: number): number {
  const whole = Math.round(metres);
  return whole;
}
export class Gauge {
  level;
  constructor() {
    this.level = 1;
  }
}
export const reset = (): void => {
  last = null;
};
`,
} as const;

type File = keyof typeof files;

interface Context {
  root: string;
  before: Omit<Before, "edited">;
}

const test = suite<Context>("reuse");
test.before(async (context) => {
  context.root = realpathSync(mkdtempSync(join(tmpdir(), "noxus-reuse-")));
  mkdirSync(join(context.root, "src"));
  restore(context.root);
  let types: KnownTypes | null = null;
  const keep = (found: KnownTypes | null): void => {
    types = found;
  };
  const { nodes, sources, diagnostics } = await analyze(context.root, { types: { before: null, keep } });
  assert.equal(diagnostics, []);
  assert.is.not(types, null);
  context.before = { types: types as unknown as KnownTypes, nodes, sources };
});
test.after.each(({ root }) => restore(root));
test.after(({ root }) => rmSync(root, { recursive: true, force: true }));

const edits: Readonly<
  Record<string, { file: File; from: string; to: string; isReused?: true; seen?: RegExp }>
> = {
  "another value in a function": {
    file: "src/height.ts",
    from: "round(metres)",
    to: "ceil(metres)",
    isReused: true,
  },
  "another value in an arrow function": {
    file: "src/height.ts",
    from: "cos(hour)",
    to: "sin(hour)",
    isReused: true,
  },
  "a longer method above a node": {
    file: "src/ports.ts",
    from: "    return { metres: round",
    to: "    const more = hour;\n    void more;\n    return { metres: round",
    isReused: true,
    seen: /"line":14,/,
  },
  "a request in a function": {
    file: "src/height.ts",
    from: "return whole",
    to: 'void fetch("https://tides.example"); return whole',
    isReused: true,
    seen: /NX3001/,
  },
  "one of Node's globals in a function": {
    file: "src/height.ts",
    from: "return whole",
    to: "console.log(whole); return whole",
    isReused: true,
  },
  "a type error in a function": {
    file: "src/height.ts",
    from: "return whole",
    to: 'return "whole"',
    seen: /TS2322/,
  },
  "an import that is not used any more": {
    file: "src/ports.ts",
    from: "round(height(hour))",
    to: "height(hour)",
    seen: /TS6133/,
  },
  "a function that is not used any more": {
    file: "src/ports.ts",
    from: "FloodNodeName() }",
    to: '"" }',
    seen: /TS6133/,
  },
  "a syntax error": {
    file: "src/height.ts",
    from: "return whole;\n}",
    to: "return whole;\n",
    seen: /NX2100/,
  },
  "a result whose type is inferred": {
    file: "src/ports.ts",
    from: "latest(hour),",
    to: "String(latest(hour)),",
    seen: /"metres":\{"type":"string"/,
  },
  "an assignment that other functions see": {
    file: "src/height.ts",
    from: "  last = null;\n",
    to: "",
    seen: /"metres":\{"type":"number"\}/,
  },
  "a property that the constructor makes": {
    file: "src/height.ts",
    from: "this.level = 1",
    to: 'this.level = "one"',
    seen: /"level":\{"type":"string"\}/,
  },
  "a list that a function changes": {
    file: "src/ports.ts",
    from: 'return "flood"',
    to: 'ports.pop(); return "flood"',
    seen: /NX2008/,
  },
  "an import in a function": {
    file: "src/height.ts",
    from: "return whole",
    to: 'void import("./nowhere.ts"); return whole',
    seen: /NX6001/,
  },
  "a default value": { file: "src/ports.ts", from: "= 6", to: "= 7", seen: /"default":7/ },
  "a comment": { file: "src/ports.ts", from: "The water goes", to: "The water leaves", seen: /leaves/ },
  "the list of nodes": {
    file: "src/ports.ts",
    from: "new FloodNode(), ",
    to: "",
  },
  "what a base class lists": { file: "src/base.ts", from: "return []", to: "return new Array()" },
  "the file of the plugin's class": { file: "src/index.ts", from: "kind", to: "sort" },
  "the name of the plugin's class": {
    file: "src/index.ts",
    from: "TidesPlugin",
    to: "TidePlugin",
    seen: /NX2002/,
  },
};

for (const [name, { file, from, to, isReused = false, seen }] of Object.entries(edits)) {
  test(name, async ({ root, before }) => {
    assert.ok(files[file].includes(from), from);
    writeFileSync(
      join(root, file),
      files[file].replace(from, () => to),
    );
    let kept: KnownTypes | null = null;
    const keep = (types: KnownTypes | null): void => {
      kept = types;
    };
    const found = await analyze(root, { types: { before: { ...before, edited: [file] }, keep } });
    const fresh = told(await analyze(root));
    assert.equal(told(found), fresh);
    assert.is(kept === before.types, isReused);
    if (seen !== undefined) assert.match(JSON.stringify(fresh), seen);
  });
}

test("a source that is edited while nobody looks", async ({ root, before }) => {
  const { from, to } = { from: "cos(hour)", to: "sin(hour, 1)" };
  writeFileSync(join(root, "src/height.ts"), files["src/height.ts"].replace(from, to));
  let kept: KnownTypes | null = null;
  const keep = (types: KnownTypes | null): void => {
    kept = types;
  };
  const found = await analyze(root, { types: { before: { ...before, edited: [] }, keep } });
  assert.match(JSON.stringify(found.diagnostics), /TS2554/);
  assert.equal(told(found), told(await analyze(root)));
  assert.is(kept, null);
});

function restore(root: string): void {
  for (const [file, text] of Object.entries(files)) writeFileSync(join(root, file), text);
}

function told({ nodes, diagnostics, permissions, entrypoint, manifest }: Analysis) {
  return { nodes, diagnostics, permissions, entrypoint, manifest };
}

test.run();
