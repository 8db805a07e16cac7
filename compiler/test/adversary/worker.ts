/** The thread of `analyst.ts`: analyses the plugins that it is sent, one after the other. */
import { parentPort } from "node:worker_threads";
import { derive, type NodeClass } from "./derive.ts";

export interface Question {
  readonly root: string;
  readonly files: Readonly<Record<string, string>>;
  /** Its nodes; `DemoNode` in the entry unless given. */
  readonly nodes?: readonly NodeClass[];
}

parentPort?.on("message", async ({ root, files, nodes }: Question) => {
  try {
    parentPort?.postMessage({ derived: await derive(root, files, nodes), thrown: null });
  } catch (error) {
    const thrown = error instanceof Error ? (error.stack ?? error.message) : String(error);
    parentPort?.postMessage({ derived: null, thrown });
  }
});
