import { Problem, StartError } from "../errors.ts";
import { createDeferred, type Deferred } from "./deferred.ts";
import { QUEUE_TIMEOUT_MS } from "./limits.ts";
import { type Answer, type Call, type Runner, type RunnerOptions, startRunner } from "./process.ts";

export interface PoolOptions extends RunnerOptions {
  /** Most runner processes at one time. */
  readonly maxRunners: number;
  /** Warm runners kept beyond the busy ones. */
  readonly spareRunners: number;
  /** Most calls waiting while all runners are busy. */
  readonly queueLimit: number;
}

export interface PoolState {
  readonly idle: number;
  readonly busy: number;
  readonly starting: number;
  readonly max: number;
  readonly waiting: number;
  readonly queue_limit: number;
}

export interface Pool {
  /** Settles when the first runner is ready; rejects with a StartError, and then the pool is closed. */
  start(): Promise<void>;
  /** Rejects with a Problem. */
  run(call: Call): Promise<Answer>;
  state(): PoolState;
  /** Takes no new call, waits `graceMs` for those in flight, then ends every runner. */
  close(graceMs: number): Promise<void>;
}

interface Waiting {
  readonly call: Call;
  readonly answer: Deferred<Answer>;
  /** Stops its timer and its listener. */
  leave(): void;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

/**
 * Runners of one plugin: one call at a time each, the one used last taken first, so that the others' memory stays
 * untouched. A call takes an idle runner, else waits while a new one starts, up to `maxRunners`.
 */
export function createPool(options: PoolOptions): Pool {
  const runners = new Set<Runner>();
  const idle: Runner[] = [];
  const busy = new Set<Runner>();
  const leaving = new Set<Promise<void>>();
  const queue: Waiting[] = [];
  let isStarted = false;
  let isClosed = false;
  let isEnded = false;
  let failures = 0;
  let retry: NodeJS.Timeout | null = null;
  let onDrained: (() => void) | null = null;

  /** Starts runners for those who wait, and spares. A closing pool still serves its queue, without spares. */
  function topUp(): void {
    if (isEnded || retry !== null || !isStarted) return;
    const needed = busy.size + queue.length;
    const wanted = isClosed ? needed : Math.max(1, needed) + options.spareRunners;
    while (runners.size < Math.min(wanted, options.maxRunners)) {
      add().catch((error: unknown) => onStartFailure(error));
    }
  }

  async function add(): Promise<void> {
    const runner = startRunner(options, free);
    runners.add(runner);
    try {
      await runner.ready;
    } catch (error) {
      remove(runner);
      throw error;
    }
    void runner.exited.then(() => {
      remove(runner);
      topUp();
    });
    failures = 0;
    free(runner);
  }

  function onStartFailure(error: unknown): void {
    if (isEnded) return;
    failures += 1;
    const why = error instanceof Error ? error.message : String(error);
    options.log.error("runner did not start", { why, failures });
    // With other runners alive the queue still moves; with none, waiting would only end at each caller's deadline.
    if (idle.length + busy.size === 0) {
      for (const waiting of queue.splice(0)) {
        waiting.leave();
        waiting.answer.reject(new Problem("runner_lost", "no runner could be started", retryAfter));
      }
    }
    retry ??= setTimeout(
      () => {
        retry = null;
        topUp();
      },
      Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS),
    );
  }

  function free(runner: Runner): void {
    busy.delete(runner);
    if (runner.isSpent()) return;
    const next = queue.shift();
    if (next !== undefined) {
      next.leave();
      void give(runner, next.call).then(next.answer.resolve, next.answer.reject);
    } else {
      idle.push(runner);
    }
    checkDrained();
  }

  async function give(runner: Runner, call: Call): Promise<Answer> {
    busy.add(runner);
    topUp();
    try {
      return await runner.run(call);
    } finally {
      if (runner.isSpent()) {
        // Killed at a deadline: its place is free at once, though the process still ends.
        remove(runner);
        topUp();
      }
    }
  }

  function remove(runner: Runner): void {
    if (!runners.delete(runner)) return;
    busy.delete(runner);
    const at = idle.indexOf(runner);
    if (at >= 0) idle.splice(at, 1);
    const ended = runner.exited.then(() => void leaving.delete(ended));
    leaving.add(ended);
    checkDrained();
  }

  function takeIdle(): Runner | undefined {
    let runner = idle.pop();
    while (runner?.isSpent()) runner = idle.pop();
    return runner;
  }

  function run(call: Call): Promise<Answer> {
    if (isClosed) return Promise.reject(new Problem("draining", "the server is shutting down"));
    if (call.signal.aborted) return Promise.reject(hungUp());
    const runner = takeIdle();
    if (runner !== undefined) return give(runner, call);
    // Those who only wait for a runner that may still be started are not in the queue's count.
    if (busy.size + queue.length >= options.maxRunners + options.queueLimit) {
      return Promise.reject(
        new Problem("overloaded", "every runner is busy and the queue is full", retryAfter),
      );
    }
    return wait(call);
  }

  function wait(call: Call): Promise<Answer> {
    const answer = createDeferred<Answer>();
    const giveUp = (problem: Problem) => {
      waiting.leave();
      const at = queue.indexOf(waiting);
      if (at >= 0) queue.splice(at, 1);
      answer.reject(problem);
      checkDrained();
    };
    const leaveQueue = () => giveUp(hungUp());
    const late = new Problem("overloaded", "no runner became free in time", retryAfter);
    const limit = setTimeout(() => giveUp(late), QUEUE_TIMEOUT_MS);
    const waiting: Waiting = {
      call,
      answer,
      leave() {
        clearTimeout(limit);
        call.signal.removeEventListener("abort", leaveQueue);
      },
    };
    call.signal.addEventListener("abort", leaveQueue, { once: true });
    queue.push(waiting);
    topUp();
    return answer.promise;
  }

  function checkDrained(): void {
    if (busy.size === 0 && queue.length === 0) onDrained?.();
  }

  async function close(graceMs: number): Promise<void> {
    isClosed = true;
    if (busy.size > 0 || queue.length > 0) {
      await new Promise<void>((resolve) => {
        const limit = setTimeout(resolve, graceMs);
        onDrained = () => {
          clearTimeout(limit);
          resolve();
        };
      });
    }
    isEnded = true;
    if (retry !== null) clearTimeout(retry);
    for (const waiting of queue.splice(0)) {
      waiting.leave();
      waiting.answer.reject(new Problem("draining", "the server is shutting down"));
    }
    for (const runner of busy)
      runner.kill(new Problem("draining", "the server shut down before the node answered"));
    // Also those still starting: they have nothing to deactivate and get killed after the stop limit at the latest.
    await Promise.all([...runners].map((runner) => (busy.has(runner) ? runner.exited : runner.stop())));
    await Promise.all(leaving);
  }

  async function start(): Promise<void> {
    try {
      await add();
    } catch (error) {
      await close(0);
      throw error instanceof StartError
        ? error
        : new StartError("plugin_failed", String(error), { cause: error });
    }
    isStarted = true;
    topUp();
  }

  return {
    start,
    run,
    state: () => ({
      idle: idle.length,
      busy: busy.size,
      starting: runners.size - idle.length - busy.size,
      max: options.maxRunners,
      waiting: queue.length,
      queue_limit: options.queueLimit,
    }),
    close,
  };
}

/** Nobody reads it; the call is over all the same. */
function hungUp(): Problem {
  return new Problem("overloaded", "the caller hung up while waiting for a runner");
}

const retryAfter = { headers: { "Retry-After": "1" } };
