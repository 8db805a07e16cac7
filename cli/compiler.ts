import { spawn } from "node:child_process";
import { type ResourceLimits, Worker as Thread } from "node:worker_threads";
import type { EmitOptions, EmittedFile } from "../compiler/index.ts";
import type { Analysis } from "../compiler/types.ts";
import { recall } from "./cache/answers.ts";
import type { ThreadData } from "./compile-thread.ts";
import type { CancelFlag, CompileReply, CompileRequest } from "./compile-worker.ts";
import { type Counts, countsOf } from "./reporters/report.ts";
import { isCheckout, removeSnapshot, snapshotArgs } from "./snapshot.ts";

/** An analysis and the time it took the person waiting, in ms. */
export interface Compiled {
  readonly analysis: Analysis;
  readonly counts: Counts;
  readonly ms: number;
}

export interface AnalyzeRequest {
  /** Folder in which the result is kept, for `recall` to find; null for none. */
  readonly cache?: string | null;
  /** False where nobody asks for the manifest, nor to emit anything; true if it is left out. */
  readonly manifest?: boolean;
}

/**
 * The compiler in a thread or process of its own, started with the first request: the terminal stays responsive
 * meanwhile, and closing it gives the memory of TypeScript back. Requests are answered in order.
 */
export interface Compiler {
  analyze(root: string, options?: AnalyzeRequest): Promise<Compiled>;
  /**
   * Analyses with an editor's unsaved texts, by real absolute path, in place of what is written. Null when `cancelled`
   * was set meanwhile.
   */
  check(root: string, unsaved: ReadonlyMap<string, string>, cancelled: CancelFlag): Promise<Analysis | null>;
  /**
   * Writes what the last analysis of `root` found into `folder`; `image: false` leaves out what only an image needs.
   * Rejects with the file-system's error, `code` and `path` included.
   */
  emit(root: string, folder: string, options: EmitOptions): Promise<readonly EmittedFile[]>;
  close(): Promise<void>;
}

/** Where and with what a compiler starts. */
export interface CompilerStart {
  /** Folder that keeps compiled code; null for none. */
  readonly code?: string | null;
  /** A snapshot for it to start from, as a process; null for a thread. */
  readonly snapshot?: string | null;
  /** Of a thread's memory. */
  readonly limits?: ResourceLimits;
}

export function openCompiler({ code = null, snapshot = null, limits = {} }: CompilerStart = {}): Compiler {
  let left = snapshot;
  let worker: Worker | null = null;
  const current = () => {
    const onEnd = () => {
      worker = null;
    };
    worker ??= left === null ? startThread({ code }, limits, onEnd) : startProcess(left, onEnd);
    return worker;
  };
  const ask = async (request: CompileRequest): Promise<CompileReply> => {
    try {
      return await current().ask(request);
    } catch (error) {
      if (!(error instanceof LostProcess) || left === null) throw error;
      // It does not start, or not any more: what a thread finds out is the answer, and the next one is made anew.
      removeSnapshot(left);
      left = null;
      return current().ask(request);
    }
  };
  return {
    async analyze(root, { cache = null, manifest = true } = {}) {
      const begin = performance.now();
      const reply = await ask({ kind: "analyze", root, cache, manifest });
      if (reply.kind !== "analysis") throw new Error(`unexpected reply ${reply.kind}`);
      const { analysis } = reply;
      return { analysis, counts: countsOf(analysis), ms: performance.now() - begin };
    },
    async check(root, unsaved, cancelled) {
      const reply = await ask({ kind: "check", root, unsaved, cancelled });
      if (reply.kind === "cancelled") return null;
      if (reply.kind !== "analysis") throw new Error(`unexpected reply ${reply.kind}`);
      return reply.analysis;
    },
    async emit(root, folder, options) {
      const reply = await ask({ kind: "emit", root, folder, options });
      if (reply.kind !== "files") throw new Error(`unexpected reply ${reply.kind}`);
      return reply.files;
    },
    async close() {
      await worker?.end();
    },
  };
}

/** The same compiler for commands that need no manifest. */
export function findingCompiler(compiler: Compiler): Compiler {
  return {
    ...compiler,
    analyze: (root, options) => compiler.analyze(root, { ...options, manifest: false }),
  };
}

/** The same compiler, asked only for what the folder `cache` does not answer. */
export function cachedCompiler(compiler: Compiler, cache: string): Compiler {
  return {
    ...compiler,
    async analyze(root, { manifest = true } = {}) {
      const begin = performance.now();
      const known = recall(cache, root, true);
      if (known === null || (manifest && lacksManifest(known.analysis)))
        return compiler.analyze(root, { cache, manifest });
      return { ...known, ms: performance.now() - begin };
    },
  };
}

/** It was kept by a command that did not need it. */
function lacksManifest({ manifest, diagnostics }: Analysis): boolean {
  return manifest === null && !diagnostics.some(({ severity }) => severity === "error");
}

/** A thread or a process that compiles. */
interface Worker {
  ask(request: CompileRequest): Promise<CompileReply>;
  end(): Promise<void>;
}

interface Waiting {
  resolve(reply: CompileReply): void;
  reject(error: Error): void;
}

/** Requests and their replies, which come in the same order. */
function conversation(post: (request: CompileRequest) => void) {
  const waiting: Waiting[] = [];
  return {
    ask: (request: CompileRequest): Promise<CompileReply> =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        post(request);
      }),
    take(reply: CompileReply): void {
      const next = waiting.shift();
      if (reply.kind === "failed") next?.reject(Object.assign(new Error(reply.message), reply.details));
      else next?.resolve(reply);
    },
    fail(error: Error): void {
      for (const { reject } of waiting.splice(0)) reject(error);
    },
  };
}

function startThread(workerData: ThreadData, resourceLimits: ResourceLimits, onEnd: () => void): Worker {
  const file = isCheckout ? "./compile-thread.ts" : "./compile-thread.js";
  const thread = new Thread(new URL(file, import.meta.url), { workerData, resourceLimits });
  const { ask, take, fail } = conversation((request) => thread.postMessage(request));
  const end = (error: Error) => {
    onEnd();
    fail(error);
  };
  thread.on("message", take);
  thread.on("error", end);
  thread.on("exit", (code) => end(new Error(`the compiler's thread ended with ${code}`)));
  return {
    ask,
    async end() {
      await thread.terminate();
    },
  };
}

class LostProcess extends Error {
  override readonly message = "the compiler's process ended";
}

function startProcess(snapshot: string, onEnd: () => void): Worker {
  const child = spawn(process.execPath, snapshotArgs(snapshot), {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    serialization: "advanced",
  });
  const { ask, take, fail } = conversation((request) => child.send(request));
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const closed = new Promise<void>((resolve) => {
    const end = () => {
      process.removeListener("exit", kill);
      onEnd();
      fail(new LostProcess());
      resolve();
    };
    // `error` is a process that could not be started, or a request that could not be sent to one that has ended.
    child.on("error", end);
    child.on("exit", end);
  });
  child.on("message", take);
  return {
    ask,
    async end() {
      kill();
      await closed;
    },
  };
}
