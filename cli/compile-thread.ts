/** The compiler as a thread: code that was compiled before is loaded as such, TypeScript above all. */
import * as module from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { CompileRequest } from "./compile-worker.ts";

/** What the thread is told at its start. */
export interface ThreadData {
  /** Folder for compiled code; null to keep none. */
  readonly code: string | null;
}

const { code }: ThreadData = workerData;
if (code !== null) module.enableCompileCache(code);
const { serve } = await import("./compile-worker.ts");
parentPort?.on("message", (request: CompileRequest) => {
  serve(request, (reply) => {
    parentPort?.postMessage(reply);
    keepCode();
  });
});

let isCodeKept = false;

/**
 * Writes the code that was compiled for the first request, for the next process to load: a thread that is ended does
 * not. Node 22 learned it with version 10.
 */
function keepCode(): void {
  if (isCodeKept || module.getCompileCacheDir() === undefined) return;
  isCodeKept = true;
  module.flushCompileCache?.();
}
