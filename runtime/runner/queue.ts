import { Problem } from "../errors.ts";
import type { Answer, Call } from "./call.ts";
import { createDeferred } from "./deferred.ts";

/** A call that waits for a runner. */
export interface Waiting {
  readonly call: Call;
  /** Takes it out, stops its timer, and hands it over. */
  give(run: (call: Call) => Promise<Answer | null>): void;
  refuse(problem: Problem): void;
}

/** First come, first served, except that a call which may share overtakes those which may not. */
export interface Queue {
  readonly length: () => number;
  /** Bytes of the bodies that wait. */
  readonly bytes: () => number;
  /** Settles with what its runner says; rejects when it has waited too long or its caller hangs up. */
  wait(call: Call): Promise<Answer | null>;
  /** So many of the waiting calls, oldest first; each may be given or refused while the list is walked. */
  first(count?: number): readonly Waiting[];
}

export function createQueue(timeoutMs: number): Queue {
  const waiting = new Set<Waiting>();
  let bytes = 0;

  function wait(call: Call): Promise<Answer | null> {
    const answer = createDeferred<Answer | null>();
    const leave = () => {
      if (!waiting.delete(mine)) return;
      bytes -= call.body.length;
      clearTimeout(timer);
      call.caller.onGone = null;
    };
    const patienceMs = call.answerBy === null ? timeoutMs : call.answerBy - performance.now();
    const timer = setTimeout(
      () => mine.refuse(patienceMs < timeoutMs ? outOfPatience() : late()),
      Math.max(0, Math.min(timeoutMs, patienceMs)),
    );
    const mine: Waiting = {
      call,
      give(run) {
        leave();
        run(call).then(answer.resolve, answer.reject);
      },
      refuse(problem) {
        leave();
        answer.reject(problem);
      },
    };
    call.caller.onGone = () => mine.refuse(hungUp());
    waiting.add(mine);
    bytes += call.body.length;
    return answer.promise;
  }

  function first(count = Number.POSITIVE_INFINITY): readonly Waiting[] {
    const found: Waiting[] = [];
    for (const each of waiting) {
      if (found.length >= count) break;
      found.push(each);
    }
    return found;
  }

  return { length: () => waiting.size, bytes: () => bytes, wait, first };
}

export const retryAfter = { headers: { "Retry-After": "1" } } as const;

/** Nobody reads it; the call is over all the same. */
export function hungUp(): Problem {
  return new Problem("overloaded", "the caller hung up while waiting for a runner");
}

function late(): Problem {
  return new Problem("overloaded", "no runner became free in time", retryAfter);
}

function outOfPatience(): Problem {
  return new Problem("timeout", "no runner became free within the time that the caller gave");
}
