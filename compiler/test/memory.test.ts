/** An analysis that may use what the one before found out says what a fresh one says. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { analyze } from "../analyze.ts";
import { createMemory, type Memory } from "../load/memory.ts";
import type { Analysis } from "../types.ts";

const files = {
  "plugin.yaml": "name: travel\nversion: 0.1.0\nentrypoint: src/index.TravelPlugin\n",
  "tsconfig.json": '{ "compilerOptions": { "strict": true } }',
  "src/index.ts": `import { Node, Plugin } from "noxus/plugins";
import { PlanNode } from "./plan.ts";
import "./globals.ts";
export class RateNode extends Node {
  call(score: number | null): { score: number | null } {
    return { score };
  }
}
export class TravelPlugin extends Plugin {
  nodes() {
    return [new PlanNode(), new RateNode()];
  }
}
`,
  "src/plan.ts": `import { Node } from "noxus/plugins";
import type { Trip } from "./trip.ts";
export class PlanNode extends Node {
  call(trip: Trip, extra?: Extra) {
    return { days: trip.days, extra };
  }
}
`,
  "src/trip.ts": `import type { Place } from "./place.ts";
export interface Trip {
  to: Place;
  days: number;
}
`,
  "src/place.ts": "export interface Place {\n  city: string;\n}\n",
  "src/globals.ts": `declare global {
  interface Extra {
    note: string;
  }
}
export {};
`,
} as const;

type File = keyof typeof files;

interface Context {
  root: string;
  memory: Memory;
  /** What there is to say before any edit. */
  unedited: ReturnType<typeof told>;
}

const test = suite<Context>("memory");
test.before(async (context) => {
  context.root = realpathSync(mkdtempSync(join(tmpdir(), "noxus-memory-")));
  mkdirSync(join(context.root, "src"));
  restore(context.root);
  context.memory = createMemory();
  context.unedited = told(await analyze(context.root));
  assert.equal(told(await analyze(context.root, { memory: context.memory })), context.unedited);
});
test.after.each(({ root }) => restore(root));
test.after(({ root }) => rmSync(root, { recursive: true, force: true }));

const cases: Readonly<
  Record<string, { edits: Partial<Record<File, readonly [string, string]>>; seen: RegExp }>
> = {
  "a type two imports away": {
    edits: { "src/place.ts": ["city: string", "city: number"] },
    seen: /"city":\{"type":"number"/,
  },
  "a type that is seen without an import": {
    edits: { "src/globals.ts": ["note: string", "note: boolean"] },
    seen: /"note":\{"type":"boolean"/,
  },
  "a type that another file adds to": {
    edits: {
      "src/index.ts": [
        "export class Rate",
        'declare module "./place.ts" {\n  interface Place {\n    zip: number;\n  }\n}\nexport class Rate',
      ],
    },
    seen: /"zip":\{"type":"number"/,
  },
  "a type that can no longer travel": {
    edits: { "src/place.ts": ["city: string", "city: bigint"] },
    seen: /NX2011/,
  },
  "a node that another one has the name of": {
    edits: { "src/index.ts": ["RateNode extends Node {", 'RateNode extends Node {\n  name = "plan";'] },
    seen: /NX2007/,
  },
  "another setting": { edits: { "tsconfig.json": ["true", "false"] }, seen: /"score":\{"type":"number"\}/ },
  "a limit in a comment": {
    edits: { "src/place.ts": ["  city", "  /** @minLength 3 */\n  city"] },
    seen: /"minLength":3/,
  },
  "a file that is not there any more": {
    edits: { "src/trip.ts": ["./place.ts", "./nowhere.ts"] },
    seen: /TS2307/,
  },
  "Node's types where they were not needed": {
    edits: { "src/place.ts": ["string;", "string;\n  raw?: Buffer;"] },
    seen: /Buffer/,
  },
};

for (const [name, { edits, seen }] of Object.entries(cases)) {
  test(`sees ${name}, and sees it go`, async ({ root, memory, unedited }) => {
    for (const [file, [before, after]] of Object.entries(edits)) {
      const text = files[file as File];
      assert.ok(text.includes(before), before);
      writeFileSync(join(root, file), text.replace(before, after));
    }
    const edited = told(await analyze(root, { memory }));
    assert.equal(edited, told(await analyze(root)));
    assert.match(JSON.stringify(edited), seen);
    restore(root);
    assert.equal(told(await analyze(root, { memory })), unedited);
  });
}

test("what an edit cannot reach is not found out again", async ({ root, memory }) => {
  const before = memory.typed.get(join(root, "src/plan.ts"));
  writeFileSync(join(root, "src/index.ts"), files["src/index.ts"].replaceAll("score", "points"));
  await analyze(root, { memory });
  assert.ok(before !== undefined);
  assert.is(memory.typed.get(join(root, "src/plan.ts")), before);
});

function restore(root: string): void {
  for (const [file, text] of Object.entries(files)) writeFileSync(join(root, file), text);
}

function told({ nodes, diagnostics, permissions, entrypoint }: Analysis) {
  return { nodes, diagnostics, permissions, entrypoint };
}

test.run();
