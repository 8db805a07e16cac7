/**
 * Random histories of a repository: after every change the answer with the cache must be the answer without. Run it
 * longer with `make cache-model count=2000`.
 */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { analyze } from "../../../compiler/index.ts";
import type { Analysis } from "../../../compiler/types.ts";
import { recall, recallRest } from "../../cache/answers.ts";
import { analyzeAndKeep } from "../../cache/record.ts";
import { nameTool } from "../../cache/tool-files.ts";
import { attempts, type Event, events } from "./events.ts";
import { type Change, changes, edits, makeWorkspace, type Workspace } from "./workspace.ts";

export interface Count {
  hits: number;
  misses: number;
  /** Misses with something known to start from. */
  partial: number;
  events: number;
  /** Histories that ended early because noxus's own files were touched: such a noxus keeps nothing until it starts anew. */
  cut: number;
}

/** Whether the answer in the cache must be used, must not be, or may be. */
type Expectation = Event["leaves"];

/** mulberry32: small, and the same everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Runs one history of `steps` changes; throws with all of them where an answer is wrong. */
export async function runHistory(seed: number, steps: number): Promise<Count> {
  const random = randomFrom(seed);
  const workspace = makeWorkspace();
  const history: string[] = [];
  const count: Count = { hits: 0, misses: 0, partial: 0, events: 0, cut: 0 };
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const change = async (): Promise<Change> => {
    const change = pick(random() < 0.4 ? edits : changes);
    history.push(change.name);
    change.make(join(workspace.root, "../../.."));
    await settle(workspace);
    return change;
  };
  try {
    await settle(workspace);
    await ask(workspace, count, "unknown");
    for (let step = 0; step < steps; step++) {
      const { isNeutral } = await change();
      await ask(workspace, count, isNeutral === true ? "known" : "either");
      if (random() > 0.25) continue;
      const event = pick(events);
      if (event.needsChange) await change();
      history.push(event.name);
      await event.run(workspace, random);
      await ask(workspace, count, event.leaves);
      count.events++;
    }
  } catch (error) {
    if (error instanceof ToolTouched) return { ...count, cut: 1 };
    throw new Error(
      `seed ${seed}, after: ${history.join("; ")}\n${error instanceof Error ? error.stack : error}`,
    );
  } finally {
    workspace.remove();
  }
  return count;
}

/** Asks once as a command does, and compares; afterwards a good answer is in the cache. */
async function ask({ root, cache }: Workspace, count: Count, expected: Expectation): Promise<void> {
  const stored = recall(cache, root, true)?.analysis ?? null;
  if (stored !== null) {
    if (expected === "unknown") throw new Error("an answer that did not hold was used");
    count.hits++;
    same(stored, await analyze(root));
    return;
  }
  if (expected === "known") throw new Error("an answer that still held was not used");
  count.misses++;
  if (recallRest(cache, root) !== null) count.partial++;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const fresh = await analyzeAndKeep(root, cache);
    const kept = recall(cache, root, true)?.analysis ?? null;
    if (kept !== null) {
      same(kept, fresh);
      // It may have started from what the one before found out.
      return same(kept, await analyze(root));
    }
    await delay(100);
  }
  if (nameTool(cache) === null) throw new ToolTouched();
  throw new Error("an answer was not kept");
}

/** As some installers do, that link the files of packages into one project after the other. */
class ToolTouched extends Error {}

/** \`validate\` keeps no manifest, and who needs one does not take such an answer. */
function same(stored: Analysis, fresh: Analysis): void {
  const [a, b] = [textOf(stored), textOf(stored.manifest === null ? { ...fresh, manifest: null } : fresh)];
  if (a !== b) throw new Error(`stored:\n${a}\nfresh:\n${b}`);
}

/** As the commands see it: artifacts are not stored. */
function textOf(analysis: Analysis): string {
  const { root, pluginFile, name, version, description, diagnostics } = analysis;
  const { nodes, permissions, sources, manifest } = analysis;
  return JSON.stringify(
    { root, pluginFile, name, version, description, diagnostics, nodes, permissions, sources, manifest },
    null,
    1,
  );
}

/** Waits until the file system's clock has moved on from the last change: what is younger is not kept. */
export async function settle({ root }: Workspace): Promise<void> {
  const folder = join(root, "../..");
  const last = Math.max(
    ...readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => {
      const stats = statSync(join(folder, name), { throwIfNoEntry: false });
      return stats?.ctimeMs ?? 0;
    }),
    statSync(folder).ctimeMs,
  );
  while (Date.now() <= last + 60) await delay(10);
}
