import type { Fault } from "../errors.ts";
import type { ProblemMessage } from "./protocol.ts";

/** Inside a runner: why a call is refused or its result is. Becomes a `problem` frame. */
export class Refusal extends Error {
  readonly code: ProblemMessage["code"];
  readonly details: readonly Fault[];

  constructor(code: ProblemMessage["code"], message: string, details: readonly Fault[] = []) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** False for whatever a node can throw, also for what cannot even be asked, such as a revoked proxy. */
export function isRefusal(thrown: unknown): thrown is Refusal {
  try {
    return thrown instanceof Refusal;
  } catch {
    return false;
  }
}
