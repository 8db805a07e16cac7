/** What may happen to the cache and to the processes that use it, while no answer may ever be wrong. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { recall } from "../../cache/answers.ts";
import { readEntry, writeEntry } from "../../cache/store.ts";
import type { Workspace } from "./workspace.ts";

export interface Event {
  readonly name: string;
  /** Starts with sources that changed, so that there is something to find out. */
  readonly needsChange: boolean;
  /** Whether the answer that is stored afterwards must be used, must not be, or may be. */
  readonly leaves: "known" | "unknown" | "either";
  run(workspace: Workspace, random: () => number): Promise<void>;
}

export const events: readonly Event[] = [
  {
    name: "damages the stored answer",
    needsChange: false,
    leaves: "either",
    async run({ cache }, random) {
      damage(cache, random);
    },
  },
  {
    name: "another Node answered",
    needsChange: false,
    leaves: "unknown",
    async run({ cache }) {
      falsify(cache, { node: "v22.0.0 another" });
    },
  },
  {
    name: "another noxus answered",
    needsChange: false,
    leaves: "unknown",
    async run({ cache }) {
      falsify(cache, { tool: "another" });
    },
  },
  {
    name: "noxus was edited since",
    needsChange: false,
    leaves: "unknown",
    async run({ cache }, random) {
      falsify(cache, {});
      editTool(cache, random);
    },
  },
  {
    name: "a process is killed",
    needsChange: true,
    leaves: "either",
    async run(workspace, random) {
      const [child, ended] = validate(workspace);
      await Promise.race([ended, delay(random() * 2500)]);
      child.kill("SIGKILL");
      await ended;
    },
  },
  {
    name: "two processes run at once",
    needsChange: true,
    leaves: "known",
    async run(workspace) {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const codes = await Promise.all([validate(workspace)[1], validate(workspace)[1]]);
        if (codes[0] !== codes[1] || codes[0] === 3 || codes[0] === null)
          throw new Error(`they ended with ${codes.join(" and ")}`);
        if (recall(workspace.cache, workspace.root, true) !== null) return;
      }
    },
  },
];

/** Whoever links noxus's own files elsewhere meanwhile, as some installers do, touches them: such an answer is not kept. */
export const attempts = 4;

const bin = join(import.meta.dirname, "..", "..", "..", "bin", "noxus.cjs");

/** A whole process, as a person starts it, and its exit code. */
function validate({ root, cacheHome }: Workspace): [ChildProcess, Promise<number | null>] {
  const child = spawn(process.execPath, [bin, "validate"], {
    cwd: root,
    stdio: "ignore",
    env: { ...process.env, XDG_CACHE_HOME: cacheHome },
  });
  return [child, once(child, "close").then(([code]) => code)];
}

/** As a full disk, a bad one, or a process that was killed would. */
function damage(cache: string, random: () => number): void {
  const files = filesIn(cache);
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

/** Stores a wrong answer, found by somebody else: nobody may use it. */
function falsify(cache: string, by: Readonly<Record<string, string>>): void {
  for (const key of filesIn(cache).filter((name) => name.startsWith("plugin-"))) {
    const entry = readEntry(cache, key);
    if (entry === null) continue;
    const head = JSON.parse(entry.head);
    const wrong = { ...head, ...by, small: { ...head.small, name: "wrong" } };
    writeEntry(cache, key, JSON.stringify(wrong), entry.body());
  }
}

/** One of noxus's own files was another when the answers were stored. */
function editTool(cache: string, random: () => number): void {
  for (const key of filesIn(cache).filter((name) => name.startsWith("tool-"))) {
    const entry = readEntry(cache, key);
    if (entry === null) continue;
    const tool = JSON.parse(entry.head);
    const { files } = tool.evidence;
    const stamp = files[Math.floor(random() * files.length)];
    stamp[1] += 1;
    stamp[5] = "another";
    writeEntry(cache, key, JSON.stringify(tool), "");
  }
}

function filesIn(cache: string): readonly string[] {
  return readdirSync(cache, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort();
}
