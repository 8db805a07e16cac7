import { availableParallelism } from "node:os";
import { Problem, StartError } from "../errors.ts";
import type { Answer, Call } from "./call.ts";
import { BEGIN_LIMIT_MS, FULL_BEGIN_LIMIT_MS, MAX_SHARE } from "./limits.ts";
import { type Runner, type RunnerOptions, startRunner } from "./process.ts";
import { createQueue, hungUp, retryAfter } from "./queue.ts";

export interface PoolOptions extends RunnerOptions {
  /** Most runner processes at one time. */
  readonly maxRunners: number;
  /** Warm runners at least, busy or not. */
  readonly minRunners: number;
  /** Warm runners kept beyond the busy ones. */
  readonly spareRunners: number;
  /** Most calls waiting while all runners are busy. */
  readonly queueLimit: number;
  /** Longest wait for a runner, ms. */
  readonly queueTimeoutMs: number;
}

export interface PoolState {
  readonly idle: number;
  readonly busy: number;
  readonly starting: number;
  readonly max: number;
  /** Calls in runners. */
  readonly running: number;
  readonly waiting: number;
  readonly queue_limit: number;
}

export interface Pool {
  /** A call would be taken: there are runners, or at least nothing speaks against starting one. */
  isAble(): boolean;
  /** Settles when the first runner is ready; rejects with a StartError, and then the pool is closed. */
  start(): Promise<void>;
  /** Rejects with a Problem. */
  run(call: Call): Promise<Answer>;
  state(): PoolState;
  /** Takes no new call, waits `graceMs` for those in flight, then ends every runner. */
  close(graceMs: number): Promise<void>;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

/** Most bytes of bodies that wait. */
const MAX_QUEUE_BYTES = 64 * 1024 * 1024;

/** How many of the waiting calls are looked at for one that may go first. */
const MAX_LOOKED_AT = 32;

/** A brief call goes behind others although a runner is idle where it waits no longer than this, ms. */
const MAX_LINE_MS = 0.5;

/** The same where so many runners work that every processor but the server's has one: more make little faster. */
const MAX_RUSH_MS = 2;
const ENOUGH_RUNNERS = Math.max(1, availableParallelism() - 1);

/** How often runners beyond the spare ones are let go, ms: one each time, so that a pause does not end them all. */
const SHRINK_INTERVAL_MS = 15_000;

/**
 * Runners of one plugin. A call takes the idle runner used last, so that the others' memory stays untouched; else it
 * waits while a new one starts, up to `maxRunners`; else it shares a runner, where its node and all that run there
 * have a clean record; else it waits. Brief calls go behind each other first: to wake a process costs more than they do.
 */
export function createPool(options: PoolOptions): Pool {
  const { record } = options;
  /** Those that take a place: starting, idle or busy. */
  const runners = new Set<Runner>();
  const starting = new Set<Runner>();
  /** In the order of their last use, those not used yet before all others. */
  const idle: Runner[] = [];
  const leaving = new Set<Promise<void>>();
  const queue = createQueue(options.queueTimeoutMs);
  /** Takes no shared call until one that may not share has had it. */
  let reserved: Runner | null = null;
  let isStarted = false;
  let isClosed = false;
  let isEnded = false;
  /** Calls taken and not answered, wherever they are. */
  let open = 0;
  let failures = 0;
  let retry: NodeJS.Timeout | null = null;
  let shrinking: NodeJS.Timeout | null = null;
  let onDrained: (() => void) | null = null;

  const isFull = () => runners.size >= options.maxRunners;
  const busyCount = () => runners.size - idle.length - starting.size;

  // A call that its runner gave back is nowhere for a moment.
  const isDrained = () => open === 0 && busyCount() === 0;

  /** Starts runners for those who wait, and spares. A closing pool still serves its queue, without spares. */
  function topUp(): void {
    if (isEnded || retry !== null || !isStarted) return;
    const needed = busyCount() + queue.length();
    const wanted = isClosed ? needed : Math.max(options.minRunners, needed + options.spareRunners, 1);
    while (runners.size < Math.min(wanted, options.maxRunners)) {
      // Spares start one after the other where they would only take the processors from each other and from calls.
      if (runners.size >= needed && starting.size >= ENOUGH_RUNNERS) return;
      add().catch((error: unknown) => onStartFailure(error));
    }
  }

  async function add(): Promise<void> {
    const runner = startRunner(options, onChange);
    runners.add(runner);
    starting.add(runner);
    void runner.exited.then(() => onChange(runner));
    try {
      await runner.ready;
    } catch (error) {
      remove(runner);
      throw error;
    }
    starting.delete(runner);
    failures = 0;
    // Behind those that have been used: their code is compiled.
    if (!runner.isSpent()) idle.unshift(runner);
    onChange(runner);
  }

  function onStartFailure(error: unknown): void {
    if (isEnded) return;
    failures += 1;
    const why = error instanceof Error ? error.message : String(error);
    options.log.error("runner did not start", { why, failures });
    // With other runners alive the queue still moves; with none, waiting would only end at each caller's deadline.
    if (runners.size === starting.size) {
      for (const waiting of queue.first()) {
        waiting.refuse(new Problem("runner_lost", "no runner could be started", retryAfter));
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

  /** A runner has become ready, holds one call less, has settled, or is spent. */
  function onChange(runner: Runner): void {
    if (!runners.has(runner) || starting.has(runner)) return;
    if (runner.isSpent()) {
      // Its place is free as soon as nobody waits for it any more, though the process still ends.
      if (runner.load() === 0) remove(runner);
    } else if (runner.load() === 0 && !runner.isSettling() && !idle.includes(runner)) {
      idle.push(runner);
      if (reserved === runner) reserved = null;
    }
    dispatch();
    topUp();
    checkDrained();
  }

  function remove(runner: Runner): void {
    if (!runners.delete(runner)) return;
    starting.delete(runner);
    if (reserved === runner) reserved = null;
    const at = idle.indexOf(runner);
    if (at >= 0) idle.splice(at, 1);
    const ended = runner.exited.then(() => void leaving.delete(ended));
    leaving.add(ended);
  }

  function dispatch(): void {
    if (queue.length() === 0) return;
    for (const waiting of queue.first(MAX_LOOKED_AT)) {
      if (idle.length === 0 && inLine() === null && !(isFull() && shared() !== null)) return;
      const runner = place(waiting.call);
      if (runner !== null) waiting.give((call) => runner.run(call, patienceMs(runner)));
      else if (!record.mayShare(waiting.call.node)) reserve();
    }
  }

  /** Who takes this call now; null when it must wait. */
  function place(call: Call): Runner | null {
    if (record.isBrief(call.node)) {
      const runner = inLine();
      if (runner !== null) return runner;
    }
    for (let runner = idle.pop(); runner !== undefined; runner = idle.pop()) {
      if (!runner.isSpent()) return runner;
    }
    return isFull() && record.mayShare(call.node) ? shared() : null;
  }

  /** How long a call stays in line there: while another runner is free, or soon will be, no longer than it must. */
  function patienceMs(target: Runner): number {
    if (idle.length > 0 || !isFull()) return BEGIN_LIMIT_MS;
    for (const runner of runners) {
      if (runner !== target && runner.backlogMs() !== null) return BEGIN_LIMIT_MS;
    }
    return FULL_BEGIN_LIMIT_MS;
  }

  /** The runner that a brief call goes to although it has others: the longest line that is short enough. */
  function inLine(): Runner | null {
    let [longest, longestMs]: [Runner | null, number] = [null, -1];
    let [shortest, shortestMs]: [Runner | null, number] = [null, MAX_RUSH_MS];
    let lines = 0;
    for (const runner of runners) {
      const load = runner.load();
      const ms = load === 0 ? null : runner.backlogMs();
      if (ms === null) continue;
      lines += 1;
      if (load >= MAX_SHARE || !isOpen(runner)) continue;
      if (ms <= MAX_LINE_MS && ms > longestMs) [longest, longestMs] = [runner, ms];
      if (ms < shortestMs) [shortest, shortestMs] = [runner, ms];
    }
    return longest ?? (lines < ENOUGH_RUNNERS ? null : shortest);
  }

  /** The runner with the fewest calls that takes one more. */
  function shared(): Runner | null {
    let best: Runner | null = null;
    for (const runner of runners) {
      const load = runner.load();
      if (load >= MAX_SHARE || (best !== null && load >= best.load()) || !isOpen(runner)) continue;
      if (runner.isShareable()) best = runner;
    }
    return best;
  }

  /** It takes calls beside others. */
  function isOpen(runner: Runner): boolean {
    return runner !== reserved && !starting.has(runner) && !runner.isSpent() && !runner.isSettling();
  }

  /** Keeps one runner from being shared for ever while a call waits that needs it alone. */
  function reserve(): void {
    reserved ??= shared();
  }

  async function run(call: Call): Promise<Answer> {
    if (isClosed) throw new Problem("draining", "the server is shutting down", retryAfter);
    open += 1;
    try {
      for (;;) {
        if (call.caller.isGone) throw hungUp();
        const answer = await take(call);
        if (answer !== null) return answer;
        // Its runner gave it back.
        if (isEnded) throw new Problem("draining", "the server is shutting down", retryAfter);
      }
    } finally {
      open -= 1;
      checkDrained();
    }
  }

  function take(call: Call): Promise<Answer | null> {
    const runner = place(call);
    if (runner !== null) {
      const answer = runner.run(call, patienceMs(runner));
      topUp();
      return answer;
    }
    // Those who only wait for a runner that may still be started are not in the queue's count.
    const free = options.maxRunners - busyCount();
    if (queue.length() >= free + options.queueLimit || queue.bytes() >= MAX_QUEUE_BYTES) {
      throw new Problem("overloaded", "every runner is busy and the queue is full", retryAfter);
    }
    const answer = queue.wait(call);
    if (!record.mayShare(call.node)) reserve();
    topUp();
    return answer;
  }

  /** Lets the runner go that has been idle longest, when there are more than needed. */
  function shrink(): void {
    const kept = Math.max(options.minRunners, busyCount() + options.spareRunners, 1);
    const [oldest] = idle;
    if (runners.size > kept && oldest !== undefined) {
      remove(oldest);
      void oldest.stop();
    }
  }

  function checkDrained(): void {
    if (isDrained()) onDrained?.();
  }

  async function close(graceMs: number): Promise<void> {
    isClosed = true;
    if (!isDrained()) {
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
    if (shrinking !== null) clearInterval(shrinking);
    for (const waiting of queue.first()) {
      waiting.refuse(new Problem("draining", "the server is shutting down", retryAfter));
    }
    const late = new Problem("draining", "the server shut down before the node answered", retryAfter);
    // Also those still starting: they have nothing to deactivate and get killed after the stop limit at the latest.
    const ended = [...runners].map((runner) => {
      if (runner.load() === 0) return runner.stop();
      runner.kill(late, "draining");
      return runner.exited;
    });
    await Promise.all(ended);
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
    shrinking = setInterval(shrink, SHRINK_INTERVAL_MS).unref();
    // After those who waited for the first: where there is one processor, a spare takes it from them.
    setImmediate(topUp);
  }

  return {
    isAble: () => isStarted && !isClosed && (failures === 0 || runners.size > starting.size),
    start,
    run,
    state: () => ({
      idle: idle.length,
      busy: busyCount(),
      starting: starting.size,
      max: options.maxRunners,
      running: [...runners].reduce((sum, runner) => sum + runner.load(), 0),
      waiting: queue.length(),
      queue_limit: options.queueLimit,
    }),
    close,
  };
}
