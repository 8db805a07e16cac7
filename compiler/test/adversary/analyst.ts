import { Worker } from "node:worker_threads";
import type { Derived } from "./derive.ts";
import type { Question } from "./worker.ts";

/** What came of one analysis: a result, or what it threw, a hang included. */
export interface Answer {
  readonly derived: Derived | null;
  readonly thrown: string | null;
}

export interface Analyst {
  /** One at a time. */
  readonly ask: (question: Question) => Promise<Answer>;
  readonly stop: () => Promise<void>;
}

/** An analysis of these small plugins takes some ms; one that takes this long, on whatever machine, has no end. */
const limit = 60_000;

/** Analyses in a thread of its own, which can be ended when an analysis does not come to its end. */
export function startAnalyst(): Analyst {
  let worker: Worker | null = null;
  const stop = async (): Promise<void> => {
    await worker?.terminate();
    worker = null;
  };
  const ask = (question: Question): Promise<Answer> => {
    worker ??= new Worker(new URL("worker.ts", import.meta.url));
    const running = worker;
    return new Promise((resolve) => {
      const finish = (answer: Answer): void => {
        clearTimeout(timer);
        running.off("message", finish);
        running.off("error", fail);
        resolve(answer);
      };
      const fail = (error: Error): void => {
        void stop().then(() => finish({ derived: null, thrown: error.stack ?? error.message }));
      };
      const timer = setTimeout(() => fail(new Error(`no end after ${limit} ms`)), limit);
      running.on("message", finish);
      running.on("error", fail);
      running.postMessage(question);
    });
  };
  return { ask, stop };
}
