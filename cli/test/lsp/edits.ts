/** Random edits of a plugin in an editor; what the server finds must be what `validate` finds on the same texts. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as assert from "uvu/assert";
import type { Diagnostic } from "vscode-languageserver/node";
import { analyze } from "../../../compiler/index.ts";
import { diagnosticsByFile } from "../../lsp/diagnostics.ts";
import { type Editor, startEditor } from "./client.ts";

const files: Readonly<Record<string, string>> = {
  "plugin.yaml": `name: travel
version: 0.1.0
entrypoint: src/index.TravelPlugin
permissions:
  - network:api.example.com
  - env:API_KEY
timeout: 30s
`,
  "src/index.ts": `import { Plugin } from "noxus/plugins";
import { PlanNode } from "./plan.ts";
import { RateNode } from "./rate.ts";

export class TravelPlugin extends Plugin {
  nodes() {
    return [new PlanNode(), new RateNode()];
  }
}
`,
  "src/plan.ts": `import { Node } from "noxus/plugins";
import { load, type Place } from "./load.ts";

/** Plans a trip. */
export class PlanNode extends Node {
  title = "Plan";
  async call(from: Place, days = 3): Promise<{ places: Place[]; days: number }> {
    const reply = await load("https://api.example.com/plan");
    return { places: [from, { city: reply }], days };
  }
}
`,
  "src/rate.ts": `import { Node } from "noxus/plugins";

export class RateNode extends Node {
  call(text: string, scale: "low" | "high" = "low"): { score: number } {
    const key = process.env.API_KEY ?? "";
    return { score: text.length + key.length + (scale === "low" ? 0 : 10) };
  }
}
`,
  "src/load.ts": `export interface Place {
  city: string;
  country?: string;
}

export async function load(url: string): Promise<string> {
  const reply = await fetch(url);
  return reply.text();
}
`,
};

/** Words that come in for others: they break syntax, types, permissions, schemas and plugin.yaml, and mend them. */
const words = {
  yaml: [
    "name",
    "permisions",
    "permissions",
    "-",
    ":",
    "env:HOME",
    "network",
    "fs:read:/data",
    "src/index.Travel",
    "[",
    '"',
    "\t",
    "#",
    "30x",
    "\n",
    "exec:git",
    "- network:*.example.com\n",
    "  ",
    "{}",
    "version",
  ],
  source: [
    "string",
    "number",
    "bigint",
    "fetch",
    "load",
    "process.env.HOME",
    "await",
    "(",
    ")",
    "{",
    "}",
    ";",
    '"',
    "eval",
    "any",
    "Place",
    "new",
    "import",
    "1",
    "unknown",
    "\n",
    "// x",
    "export",
    "class",
    "globalThis",
    "`",
    "é",
    "😀",
    'fetch("https://other.example.org")',
  ],
} as const;

export interface Tally {
  edits: number;
  compared: number;
  /** Comparisons with at least one finding. */
  found: number;
}

/** Makes `count` edits by a seed, in bursts, and compares after each burst. Throws at the first difference. */
export async function editAtRandom(seed: number, count: number): Promise<Tally> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "noxus-lsp-")));
  const [root, twin] = [join(folder, "edited"), join(folder, "twin")];
  for (const file of Object.keys(files)) {
    write(root, file, files[file] ?? "");
    write(twin, file, files[file] ?? "");
  }
  const random = generator(seed);
  const editor = await startEditor(root);
  const tally = { edits: 0, compared: 0, found: 0 };
  try {
    for (const [file, text] of Object.entries(files)) editor.open(file, text);
    while (tally.edits < count) {
      // Errors would only ever pile up otherwise.
      if (random(3) === 0)
        for (const [file, text] of Object.entries(files))
          if (editor.text(file) !== text) editor.edit(file, text);
      for (let burst = 1 + random(8); burst > 0 && tally.edits < count; burst--) {
        const file = pick(Object.keys(files), random);
        editAt(editor, file, random);
        tally.edits += 1;
        // The server comes to begin before the next edit, or it does not.
        if (random(3) === 0) await new Promise((resolve) => setTimeout(resolve, random(60)));
      }
      const isAnyFound = await compare(editor, twin, `seed ${seed}, edit ${tally.edits}`);
      tally.compared += 1;
      if (isAnyFound) tally.found += 1;
    }
    assert.is(await editor.quit(), 0);
    return tally;
  } finally {
    // The process is gone already, but for a failure.
    try {
      process.kill(editor.pid);
    } catch {}
    rmSync(folder, { recursive: true, force: true });
  }
}

function editAt(editor: Editor, file: string, random: (below: number) => number): void {
  const text = editor.text(file);
  if (random(5) === 0) return editor.edit(file, files[file] ?? "");
  const tokens = [...text.matchAll(/\w+|[^\w\s]|\s+/gu)];
  const token = pick(tokens, random);
  const start = token?.index ?? 0;
  const end = start + (random(3) === 0 ? 0 : (token?.[0].length ?? 0));
  const pool = file.endsWith(".yaml") ? words.yaml : words.source;
  editor.replace(file, start, end, random(4) === 0 ? "" : pick(pool, random));
}

async function compare(editor: Editor, twin: string, where: string): Promise<boolean> {
  for (const file of Object.keys(files)) write(twin, file, editor.text(file));
  const [shown, analysis] = [await editor.settled(), await analyze(twin)];
  const uriOf = (path: string): string => editor.uri(path.slice(twin.length + 1));
  const expected = [...diagnosticsByFile(analysis, uriOf)].map(([path, found]) => [
    path.slice(twin.length + 1),
    found,
  ]);
  assert.equal(Object.fromEntries(withFindings(shown)), Object.fromEntries(expected), where);
  return expected.length > 0;
}

function withFindings(shown: ReadonlyMap<string, readonly Diagnostic[]>) {
  return [...shown].filter(([, found]) => found.length > 0);
}

function write(root: string, file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

function pick<T>(list: readonly T[], random: (below: number) => number): T {
  return list[random(list.length)] as T;
}

/** Mulberry32: small, and the same numbers for the same seed everywhere. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}
