import { Problem, type ProblemCode } from "./errors.ts";

/** So many crashes within the window open a breaker: each costs the start of a process. */
const MAX_CRASHES = 5;
const WINDOW_MS = 10_000;

/** How long a breaker stays open, ms: at first, and at most after trials that failed. */
const FIRST_OPEN_MS = 5_000;
const LAST_OPEN_MS = 60_000;

const crashCodes: ReadonlySet<ProblemCode> = new Set(["runner_crashed", "out_of_memory"]);

/** What a call says about its node: it answered, took its runner down, or never came so far. */
export type Outcome = "success" | ProblemCode | "caller_gone";

export interface BreakerState {
  /** `trial`: the time is over, and one call at a time may try. */
  readonly state: "open" | "trial";
  readonly crashes: number;
  readonly retry_after_s: number;
}

/** Sheds the calls of nodes that crash in a loop, each node by itself. */
export interface Breakers {
  /** Throws `node_unavailable` where a call would be shed. */
  check(node: string): void;
  /** Like {@link check}, and lets the call in: `done` must be told its outcome. */
  enter(node: string): { done(outcome: Outcome): void };
  /** Those that are not closed, by node. */
  states(): Readonly<Record<string, BreakerState>>;
  isClosed(node: string): boolean;
}

interface Breaker {
  /** Times of crashes within the window. */
  crashes: number[];
  /** Null while closed. */
  openUntil: number | null;
  openMs: number;
  isTrying: boolean;
}

/** `now` in ms, for tests. */
export function createBreakers(now: () => number = () => performance.now()): Breakers {
  /** Only nodes that have crashed since their last success. */
  const breakers = new Map<string, Breaker>();

  function check(node: string): void {
    const breaker = breakers.get(node);
    if (breaker?.openUntil === undefined || breaker.openUntil === null) return;
    if (now() >= breaker.openUntil && !breaker.isTrying) return;
    throw new Problem("node_unavailable", "the node has crashed too often; it is tried again soon", {
      headers: { "Retry-After": String(secondsLeft(breaker)) },
    });
  }

  function secondsLeft({ openUntil }: Breaker): number {
    return Math.max(1, Math.ceil(((openUntil ?? 0) - now()) / 1000));
  }

  function crash(node: string): void {
    const at = now();
    const breaker = breakers.get(node) ?? {
      crashes: [],
      openUntil: null,
      openMs: FIRST_OPEN_MS,
      isTrying: false,
    };
    breakers.set(node, breaker);
    breaker.crashes = [...breaker.crashes.filter((time) => at - time < WINDOW_MS), at];
    if (breaker.openUntil !== null) {
      // Calls that were under way when it opened say nothing new; a failed trial does.
      if (!breaker.isTrying) return;
      breaker.openMs = Math.min(LAST_OPEN_MS, breaker.openMs * 2);
      breaker.openUntil = at + breaker.openMs;
    } else if (breaker.crashes.length >= MAX_CRASHES) {
      breaker.openUntil = at + breaker.openMs;
    }
  }

  return {
    check,
    enter(node) {
      check(node);
      const breaker = breakers.get(node);
      const isTrial = breaker !== undefined && breaker.openUntil !== null;
      if (isTrial) breaker.isTrying = true;
      return {
        done(outcome) {
          if (crashCodes.has(outcome as ProblemCode)) crash(node);
          // The node has run to an end of its own; other outcomes may have come before it ran at all.
          else if (outcome === "success" || outcome === "node_error" || outcome === "output_invalid") {
            if (isTrial || breakers.get(node)?.openUntil === null) breakers.delete(node);
          }
          if (isTrial) breaker.isTrying = false;
        },
      };
    },
    states() {
      const states: Record<string, BreakerState> = {};
      for (const [node, breaker] of breakers) {
        if (breaker.openUntil === null) continue;
        const isOver = now() >= breaker.openUntil;
        states[node] = {
          state: isOver ? "trial" : "open",
          crashes: breaker.crashes.length,
          retry_after_s: isOver ? 0 : secondsLeft(breaker),
        };
      }
      return states;
    },
    isClosed: (node) => (breakers.get(node)?.openUntil ?? null) === null,
  };
}
