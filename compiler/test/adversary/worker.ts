/** The thread of `analyst.ts`: analyses the plugins that it is sent, one after the other. */
import { parentPort } from "node:worker_threads";
import { derive } from "./derive.ts";

export interface Question {
  readonly root: string;
  readonly files: Readonly<Record<string, string>>;
}

parentPort?.on("message", async ({ root, files }: Question) => {
  try {
    parentPort?.postMessage({ derived: await derive(root, files), thrown: null });
  } catch (error) {
    const thrown = error instanceof Error ? (error.stack ?? error.message) : String(error);
    parentPort?.postMessage({ derived: null, thrown });
  }
});
