import { type ResourceLimits, Worker } from "node:worker_threads";
import type { EmittedFile } from "../compiler/index.ts";
import type { Analysis } from "../compiler/types.ts";
import { recall } from "./cache/answers.ts";
import type { ThreadData } from "./compile-thread.ts";
import type { CancelFlag, CompileReply, CompileRequest } from "./compile-worker.ts";
import { type Counts, countsOf } from "./reporters/report.ts";

/** An analysis and the time it took the person waiting, in ms. */
export interface Compiled {
  readonly analysis: Analysis;
  readonly counts: Counts;
  readonly ms: number;
}

/**
 * The compiler in a thread of its own, started with the first request: the terminal stays responsive meanwhile, and
 * closing it gives the memory of TypeScript back. Requests are answered in order.
 */
export interface Compiler {
  /** Keeps the result in the folder `cache`, if one is named, for `recall` to find. */
  analyze(root: string, cache?: string): Promise<Compiled>;
  /**
   * Analyses with an editor's unsaved texts, by real absolute path, in place of what is written. Null when `cancelled`
   * was set meanwhile.
   */
  check(root: string, unsaved: ReadonlyMap<string, string>, cancelled: CancelFlag): Promise<Analysis | null>;
  /**
   * Writes what the last analysis of `root` found into `folder`; `image: false` leaves out what only an image needs.
   * Rejects with the file-system's error, `code` and `path` included.
   */
  emit(root: string, folder: string, options: { readonly image: boolean }): Promise<readonly EmittedFile[]>;
  close(): Promise<void>;
}

/** `code` is the folder that keeps compiled code; null for none. `limits` are of its thread's memory. */
export function openCompiler(code: string | null = null, limits: ResourceLimits = {}): Compiler {
  let thread: Thread | null = null;
  const current = () => {
    thread ??= startThread({ code }, limits, () => {
      thread = null;
    });
    return thread;
  };
  return {
    async analyze(root, cache) {
      const begin = performance.now();
      const reply = await current().ask({ kind: "analyze", root, cache: cache ?? null });
      if (reply.kind !== "analysis") throw new Error(`unexpected reply ${reply.kind}`);
      const { analysis } = reply;
      return { analysis, counts: countsOf(analysis), ms: performance.now() - begin };
    },
    async check(root, unsaved, cancelled) {
      const reply = await current().ask({ kind: "check", root, unsaved, cancelled });
      if (reply.kind === "cancelled") return null;
      if (reply.kind !== "analysis") throw new Error(`unexpected reply ${reply.kind}`);
      return reply.analysis;
    },
    async emit(root, folder, options) {
      const reply = await current().ask({ kind: "emit", root, folder, image: options.image });
      if (reply.kind !== "files") throw new Error(`unexpected reply ${reply.kind}`);
      return reply.files;
    },
    async close() {
      await thread?.end();
    },
  };
}

/** The same compiler, asked only for what the folder `cache` does not answer. */
export function cachedCompiler(compiler: Compiler, cache: string): Compiler {
  return {
    ...compiler,
    async analyze(root) {
      const begin = performance.now();
      const known = recall(cache, root, true);
      return known === null ? compiler.analyze(root, cache) : { ...known, ms: performance.now() - begin };
    },
  };
}

interface Thread {
  ask(request: CompileRequest): Promise<CompileReply>;
  end(): Promise<void>;
}

interface Waiting {
  resolve(reply: CompileReply): void;
  reject(error: Error): void;
}

function startThread(workerData: ThreadData, resourceLimits: ResourceLimits, onEnd: () => void): Thread {
  // The worker file ends as this one does: .ts in a checkout, .js in the package.
  const file = import.meta.url.endsWith(".ts") ? "./compile-thread.ts" : "./compile-thread.js";
  const worker = new Worker(new URL(file, import.meta.url), { workerData, resourceLimits });
  const waiting: Waiting[] = [];
  const fail = (error: Error) => {
    onEnd();
    for (const { reject } of waiting.splice(0)) reject(error);
  };
  worker.on("message", (reply: CompileReply) => {
    const next = waiting.shift();
    if (reply.kind === "failed") next?.reject(Object.assign(new Error(reply.message), reply.details));
    else next?.resolve(reply);
  });
  worker.on("error", fail);
  worker.on("exit", (code) => fail(new Error(`the compiler's thread ended with ${code}`)));
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        worker.postMessage(request);
      }),
    async end() {
      await worker.terminate();
    },
  };
}
