/**
 * Notes which paths the thread that it is installed in looks at, whoever does it: TypeScript, its wrappers, our own
 * readers and those still to be written. A list of places to remember would one day lack one.
 */
import fs, { type PathLike } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { statOf } from "./evidence.ts";
import type { Look, Seen } from "./gather.ts";

/** Functions of `node:fs` that only tell what is there, those that read content, and those that list folders. */
const functions = {
  presence: ["exists", "stat", "lstat", "access", "realpath", "readlink", "statfs"],
  content: ["readFile", "open", "createReadStream", "copyFile", "cp"],
  listing: ["readdir", "opendir", "glob"],
} as const satisfies Record<Look, readonly string[]>;

type Note = (path: string, look: Look) => void;
let note: Note | null = null;
let isInstalled = false;

export interface Observer {
  readonly seen: ReadonlyMap<string, Seen>;
  /** Adds what another process looked at. */
  add(path: string, look: Look): void;
  stop(): void;
}

/** Starts to note; one observer at a time. */
export function observe(): Observer {
  install();
  const seen = new Map<string, { looks: Set<Look>; stats: ReturnType<typeof statOf> }>();
  const add: Note = (path, look) => {
    const known = seen.get(path);
    if (known !== undefined) known.looks.add(look);
    else seen.set(path, { looks: new Set([look]), stats: quietStat(path) });
  };
  note = add;
  return {
    seen,
    add,
    stop() {
      if (note === add) note = null;
    },
  };
}

/** What may not be looked at is found out again, and told apart, when the evidence is gathered. */
function quietStat(path: string): ReturnType<typeof statOf> {
  const outer = note;
  note = null;
  try {
    return statOf(path);
  } catch {
    return undefined;
  } finally {
    note = outer;
  }
}

function install(): void {
  if (isInstalled) return;
  isInstalled = true;
  for (const look of ["presence", "content", "listing"] as const) {
    for (const name of functions[look]) {
      for (const [owner, key] of [
        [fs, name],
        [fs, `${name}Sync`],
        [fs.promises, name],
      ] as const)
        wrap(owner as unknown as Record<string, unknown>, key, look);
    }
  }
  syncBuiltinESMExports();
}

function wrap(owner: Record<string, unknown>, key: string, look: Look): void {
  const original = owner[key];
  if (typeof original !== "function") return;
  const wrapped = function (this: unknown, ...args: unknown[]): unknown {
    if (note !== null) noteArgument(args[0], look);
    return Reflect.apply(original, this, args);
  };
  // `realpathSync.native` and the like; they do the same.
  for (const [name, member] of Object.entries(original)) {
    if (typeof member === "function") wrap(original as unknown as Record<string, unknown>, name, look);
  }
  owner[key] = Object.assign(wrapped, original);
}

function noteArgument(path: unknown, look: Look): void {
  const text =
    typeof path === "string"
      ? path
      : path instanceof URL
        ? fileURLToPath(path)
        : Buffer.isBuffer(path)
          ? (path as PathLike).toString()
          : null;
  if (text !== null) note?.(resolve(text), look);
}
