import { type ExitCode, exit } from "./exit.ts";

export type Signal = "SIGINT" | "SIGTERM" | "SIGHUP";
export type SignalHandler = (signal: Signal) => void;

const handlers: SignalHandler[] = [];

/** Sends the signals that end a process to the newest handler; without any, noxus ends as interrupted. */
export function listenForSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      const handler = handlers.at(-1);
      if (handler === undefined) process.exit(exit.interrupted);
      handler(signal);
    });
  }
}

/** Hands the signals to `handler` until the returned function is called. */
export function takeSignals(handler: SignalHandler): () => void {
  handlers.push(handler);
  return () => {
    const index = handlers.indexOf(handler);
    if (index >= 0) handlers.splice(index, 1);
  };
}

/** SIGTERM is an orderly stop (0), SIGINT and SIGHUP are an interruption (130). */
function exitCodeFor(signal: Signal): ExitCode {
  return signal === "SIGTERM" ? exit.ok : exit.interrupted;
}

export interface Stop {
  /** From here on the first signal resolves this, and a second one ends the process at once. */
  whenStopped(): Promise<ExitCode>;
  release(): void;
}

/** Until something waits for it there is nothing to finish, so a signal ends the process at once. */
export function stopSignal(): Stop {
  let resolve: ((code: ExitCode) => void) | null = null;
  const release = takeSignals((signal) => {
    if (resolve === null) process.exit(exitCodeFor(signal));
    resolve(exitCodeFor(signal));
    resolve = () => process.exit(exit.interrupted);
  });
  return {
    whenStopped: () =>
      new Promise((settle) => {
        resolve = settle;
      }),
    release,
  };
}
