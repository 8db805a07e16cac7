/**
 * Random histories of a repository: after every change the answer with the cache must be the answer without. Run it
 * longer with `make cache-model count=2000`.
 */
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { analyze } from "../../../compiler/index.ts";
import type { Analysis } from "../../../compiler/types.ts";
import { recall } from "../../cache/answers.ts";
import { analyzeAndKeep } from "../../cache/record.ts";
import { type Change, changes, makeWorkspace, type Workspace } from "./workspace.ts";

export interface Count {
  hits: number;
  misses: number;
  damaged: number;
}

/** Whether a good answer is in the cache. */
type State = "kept" | "unknown";

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
  const count: Count = { hits: 0, misses: 0, damaged: 0 };
  try {
    await settle(workspace);
    let state = await ask(workspace, count, false);
    for (let step = 0; step < steps; step++) {
      const change = changes[Math.floor(random() * changes.length)] as Change;
      history.push(change.name);
      change.make(join(workspace.root, "../../.."));
      await settle(workspace);
      state = await ask(workspace, count, state === "kept" && change.isNeutral === true);
      if (random() < 0.2) {
        damage(workspace.cache, random);
        state = "unknown";
        history.push("damages the stored answer");
        count.damaged++;
      }
    }
  } catch (error) {
    throw new Error(
      `seed ${seed}, after: ${history.join("; ")}\n${error instanceof Error ? error.stack : error}`,
    );
  } finally {
    workspace.remove();
  }
  return count;
}

/** Asks once as a command does, and compares; `mustBeKnown` where nothing that counts has changed since. */
async function ask({ root, cache }: Workspace, count: Count, mustBeKnown: boolean): Promise<State> {
  const stored = recall(cache, root, true)?.analysis ?? null;
  if (stored !== null) {
    count.hits++;
    same(stored, await analyze(root));
    return "kept";
  }
  if (mustBeKnown) throw new Error("an answer that still held was not used");
  count.misses++;
  const fresh = await analyzeAndKeep(root, cache);
  const kept = recall(cache, root, true)?.analysis ?? null;
  if (kept === null) throw new Error("an answer was not kept");
  same(kept, fresh);
  return "kept";
}

function same(stored: Analysis, fresh: Analysis): void {
  if (textOf(stored) !== textOf(fresh))
    throw new Error(`stored:\n${textOf(stored)}\nfresh:\n${textOf(fresh)}`);
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

/** As a full disk, a bad one, or a process that was killed would. */
function damage(cache: string, random: () => number): void {
  const files = readdirSync(cache);
  const file = files[Math.floor(random() * files.length)];
  if (file === undefined) return;
  const path = join(cache, file);
  const bytes = readFileSync(path);
  if (random() < 0.5) truncateSync(path, Math.floor(random() * bytes.length));
  else {
    const at = Math.floor(random() * bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    writeFileSync(path, bytes);
  }
}
