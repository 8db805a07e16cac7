/** An analysis that may use what the one before found out says what a fresh one says. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { analyze } from "../analyze.ts";
import { createMemory, type Memory } from "../load/memory.ts";
import { isSettled } from "../load/stamp.ts";
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

/** Of an analysis with the memory and one without, after `change`; the same, and with what is expected. */
async function agree({ root, memory }: Context, change: () => void, seen: RegExp): Promise<void> {
  change();
  const now = told(await analyze(root, { memory }));
  assert.equal(now, told(await analyze(root)));
  assert.match(JSON.stringify(now), seen);
}

test("sees what an import finds come, change and go, where no source does", async (context) => {
  const { root } = context;
  const types = (file: string, type: string) => {
    mkdirSync(join(root, "node_modules/atlas"), { recursive: true });
    writeFileSync(join(root, "node_modules/atlas/index.js"), "export {};\n");
    writeFileSync(join(root, "node_modules/atlas", file), `export interface City {\n  id: ${type};\n}\n`);
  };
  const describe = (file: string) =>
    writeFileSync(
      join(root, "node_modules/atlas/package.json"),
      JSON.stringify({ name: "atlas", version: "1.0.0", type: "module", main: "index.js", types: file }),
    );
  const importing = () =>
    writeFileSync(
      join(root, "src/place.ts"),
      'import type { City } from "atlas";\nexport interface Place {\n  city: City;\n}\n',
    );
  try {
    await agree(context, importing, /TS2307/);
    const install = () => {
      types("index.d.ts", "number");
      types("other.d.ts", "string");
      describe("index.d.ts");
    };
    await agree(context, install, /"id":\{"type":"number"/);
    await agree(context, () => types("index.d.ts", "boolean"), /"id":\{"type":"boolean"/);
    await agree(context, () => describe("other.d.ts"), /"id":\{"type":"string"/);
    await agree(context, () => types("index.ts", "boolean"), /"id":\{"type":"string"/);
  } finally {
    rmSync(join(root, "node_modules"), { recursive: true, force: true });
  }
  await agree(context, () => {}, /TS2307/);
});

test("what is imported from where is found out once, as long as the disk says the same", async ({
  root,
  memory,
}) => {
  await analyze(root, { memory });
  const before = memory.program;
  writeFileSync(join(root, "src/place.ts"), files["src/place.ts"].replace("city", "town"));
  await analyze(root, { memory });
  assert.ok(before !== null && memory.program !== null);
  assert.is.not(memory.program.program, before.program);
  assert.is(memory.program.answers, before.answers);
});

test("a file that was not touched is not read again, and one that was is", async ({ root, memory }) => {
  const place = join(root, "src/place.ts");
  const settled = async () => {
    while (!isSettled(statSync(place), Date.now())) await setTimeout(5);
  };
  await settled();
  await analyze(root, { memory });
  const { program } = memory;
  assert.ok(program !== null);
  const tree = program.program.getSourceFile(place);
  assert.ok(tree !== undefined && memory.stamps.has(tree));
  // As long as before.
  writeFileSync(place, files["src/place.ts"].replace("city", "town"));
  await settled();
  assert.match(JSON.stringify(told(await analyze(root, { memory }))), /"town"/);
});

test("an edit of plugin.yaml leaves the program and what the bundle says as they are", async ({
  root,
  memory,
}) => {
  await analyze(root, { memory });
  const { program, bundle } = memory;
  writeFileSync(join(root, "plugin.yaml"), files["plugin.yaml"].replace("0.1.0", "0.2.0"));
  await analyze(root, { memory });
  assert.is(memory.program?.program, program?.program);
  assert.ok(bundle !== null);
  assert.is(memory.bundle, bundle);
});

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
