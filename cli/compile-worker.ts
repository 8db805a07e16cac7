/**
 * The compiler on its own, in a thread (compile-thread.ts) or a process (compile-process.ts): analyses and emits on
 * request, in order, and keeps what it compiled last.
 */
import {
  analyze,
  Cancelled,
  createMemory,
  type EmitOptions,
  type EmittedFile,
  emit,
  type Memory,
} from "../compiler/index.ts";
import type { Analysis } from "../compiler/types.ts";
import { analyzeAndKeep } from "./cache/record.ts";
import { isFileError } from "./exit.ts";

export type CompileRequest =
  | {
      readonly kind: "analyze";
      readonly root: string;
      readonly cache: string | null;
      readonly manifest: boolean;
    }
  | {
      readonly kind: "check";
      readonly root: string;
      readonly unsaved: ReadonlyMap<string, string>;
      readonly cancelled: CancelFlag;
    }
  | { readonly kind: "emit"; readonly root: string; readonly folder: string; readonly options: EmitOptions };

/** One byte that both threads see; anything but 0 says that nobody waits any more. */
export type CancelFlag = Uint8Array<SharedArrayBuffer>;

export type CompileReply =
  | { readonly kind: "analysis"; readonly analysis: Analysis }
  | { readonly kind: "cancelled" }
  | { readonly kind: "files"; readonly files: readonly EmittedFile[] }
  | { readonly kind: "failed"; readonly message: string; readonly details: ErrorDetails };

/** What an error loses on its way between threads. */
interface ErrorDetails {
  readonly stack?: string;
  readonly code?: string;
  readonly syscall?: string;
  readonly path?: string;
}

let last: { readonly root: string; readonly analysis: Analysis } | null = null;
let queue: Promise<void> = Promise.resolve();

/** Answers a request once those before it are answered. */
export function serve(request: CompileRequest, reply: (reply: CompileReply) => void): void {
  clearTimeout(idle);
  waiting += 1;
  queue = queue.then(async () => {
    const answered = await answer(request).catch(failed);
    waiting -= 1;
    reply(answered);
  });
}

/** Requests that are not answered yet. */
let waiting = 0;
let idle: NodeJS.Timeout | undefined;
/** How long nobody may have asked for anything, in ms. */
const idleTime = 500;

/**
 * An editor's first error needs Node's types, which take longer to read than ten edits take to check: they are read
 * when nobody waits. What goes wrong here goes wrong again, and is told, when it is asked for.
 */
function prepareTypes(root: string, unsaved: ReadonlyMap<string, string>, memory: Memory): void {
  clearTimeout(idle);
  if (memory.needsTypes) return;
  idle = setTimeout(() => {
    queue = queue.then(async () => {
      const signal = {
        get aborted() {
          return waiting > 0;
        },
      };
      if (signal.aborted) return;
      memory.needsTypes = true;
      await analyze(root, { unsaved, signal, memory, manifest: false }).catch(() => {});
    });
  }, idleTime);
  idle.unref();
}

async function answer(request: CompileRequest): Promise<CompileReply> {
  if (request.kind === "analyze") {
    const { root, cache, manifest } = request;
    const options = { manifest };
    const analysis = await (cache === null ? analyze(root, options) : analyzeAndKeep(root, cache, options));
    last = { root, analysis };
    // The artifacts stay here: they are as large as the bundle, and only `emit` needs them.
    return { kind: "analysis", analysis: { ...analysis, artifacts: [] } };
  }
  if (request.kind === "check") return check(request);
  if (last?.root !== request.root) throw new Error(`${request.root} was not analysed last`);
  return { kind: "files", files: await emit(last.analysis, request.folder, request.options) };
}

/** Of the plugins that were checked last, since each keeps its syntax trees. */
const memories = new Map<string, Memory>();
const maxMemories = 3;

function memoryOf(root: string): Memory {
  const memory = memories.get(root) ?? createMemory();
  memories.delete(root);
  memories.set(root, memory);
  for (const other of [...memories.keys()].slice(0, -maxMemories)) memories.delete(other);
  return memory;
}

async function check(request: CompileRequest & { readonly kind: "check" }): Promise<CompileReply> {
  const { root, unsaved, cancelled } = request;
  const signal = {
    get aborted() {
      return Atomics.load(cancelled, 0) !== 0;
    },
  };
  try {
    const memory = memoryOf(root);
    const analysis = await analyze(root, { unsaved, signal, memory, manifest: false });
    prepareTypes(root, unsaved, memory);
    return { kind: "analysis", analysis: { ...analysis, artifacts: [] } };
  } catch (error) {
    if (error instanceof Cancelled) return { kind: "cancelled" };
    throw error;
  }
}

function failed(error: unknown): CompileReply {
  if (!(error instanceof Error)) return { kind: "failed", message: String(error), details: {} };
  const { stack, message } = error;
  const details: ErrorDetails = {
    ...(stack === undefined ? {} : { stack }),
    ...(isFileError(error) && error.code !== undefined ? { code: error.code } : {}),
    ...(isFileError(error) && error.syscall !== undefined ? { syscall: error.syscall } : {}),
    ...(isFileError(error) && error.path !== undefined ? { path: error.path } : {}),
  };
  return { kind: "failed", message, details };
}
