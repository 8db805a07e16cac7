/** Where the compiler's thread starts: code that was compiled before is loaded as such, TypeScript above all. */
import * as module from "node:module";
import { workerData } from "node:worker_threads";

/** What the thread is told at its start. */
export interface ThreadData {
  /** Folder for compiled code; null to keep none. */
  readonly code: string | null;
}

const { code }: ThreadData = workerData;
if (code !== null) module.enableCompileCache(code);
await import("./compile-worker.ts");
