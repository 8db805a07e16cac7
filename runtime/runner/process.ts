import { Problem, StartError } from "../errors.ts";
import { proveAgain } from "../manifest/read.ts";
import type { Answer, Call } from "./call.ts";
import { sharedNow } from "./clock.ts";
import { createDeferred } from "./deferred.ts";
import {
  createFrameReader,
  createFrameWriter,
  encodeFrame,
  FrameKind,
  readAnswer,
  runnerToServer,
} from "./frames.ts";
import { machineLag, noteLateness } from "./lag.ts";
import {
  BEGIN_LIMIT_MS,
  CANCEL_TIMEOUT_MS,
  SETTLE_TIMEOUT_MS,
  START_TIMEOUT_MS,
  STOP_TIMEOUT_MS,
} from "./limits.ts";
import { watchMemory } from "./memory.ts";
import { encodeCall, readObject, readProblem, startPayload, textOf } from "./messages.ts";
import { isFirst } from "./once.ts";
import { createPulse } from "./pulse.ts";
import type { NodeRecord } from "./record.ts";
import { type SpawnOptions, spawnRunner } from "./spawn.ts";
import type { KillReason, RunnerTally } from "./tally.ts";
import { about, createVoice } from "./voice.ts";

export interface RunnerOptions extends SpawnOptions {
  readonly config: Readonly<Record<string, unknown>>;
  readonly record: NodeRecord;
  readonly tally: RunnerTally;
}

export interface Runner {
  /** Rejects with a StartError when the plugin cannot start. */
  readonly ready: Promise<void>;
  /** Settles when the process, its group and its pipes are gone. */
  readonly exited: Promise<void>;
  /** True when it must not take another call. */
  readonly isSpent: () => boolean;
  /** True while it can take no call, and may again: what its last call left behind may end by itself. */
  readonly isSettling: () => boolean;
  /** Calls that it holds now; 0 once it is killed. */
  readonly load: () => number;
  /** True when every node that it runs now may share. */
  readonly isShareable: () => boolean;
  /** How long a further call would wait for its turn, ms; null where calls are there that are not brief. */
  readonly backlogMs: () => number | null;
  /**
   * Null when it has surely not begun here: it may go to another runner. Beside others it waits about so long for its
   * turn. Rejects with a {@link Problem}.
   */
  run(call: Call, patienceMs: number): Promise<Answer | null>;
  /** Lets the plugin deactivate, then ends the process. */
  stop(): Promise<void>;
  /** Ends the process and its group at once; its calls, if any, get `problem`. */
  kill(problem: Problem, reason: KillReason): void;
}

interface Running {
  readonly call: Call;
  /** What it prints comes as frames, in order with its answer, and not through the pipes. */
  readonly isTied: boolean;
  readonly startedAt: number;
  readonly timeoutMs: number;
  /** What the node usually takes of the loop. */
  readonly busyMs: number;
  readonly isBrief: boolean;
  /** Shared time after which the runner does not begin it any more; null for one that had the runner to itself. */
  readonly beginBy: number | null;
  /** False only where the runner has certainly not run any of the node's code. */
  hasBegun: boolean;
  isSettled: boolean;
  settle(outcome: Answer | Problem | null): void;
}

/** Between a runner's connection and its process, ms: whose end is seen first is chance. */
const CLOSE_GRACE_MS = 50;

/** `onChange` is told when the runner holds one call less, has settled, or is spent. */
export function startRunner(options: RunnerOptions, onChange: (runner: Runner) => void): Runner {
  const { plugin, log, record, tally } = options;
  const started = createDeferred<void>();
  const gone = createDeferred<void>();
  started.promise.catch(() => {}); // the pool listens too, but perhaps later than this fails
  /** By number. A call whose answer is out stays until what it printed before has been read. */
  const running = new Map<number, Running>();
  /** Calls past their deadline in a runner that lives on for others: their answers are not wanted any more. */
  const dropped = new Set<number>();
  /** Calls that have been taken back; the runner has not said so yet. */
  const taken = new Set<number>();
  /** The last call that was answered. */
  let lastCall: { readonly id: number; readonly call: Call; readonly isTied: boolean } | null = null;
  /** Of those running that have begun. */
  let begun = 0;
  /** Calls running that are not brief. */
  let longCalls = 0;
  /** Loop time that those in line will take. */
  let backlogMs = 0;
  let takeBackTimer: NodeJS.Timeout | null = null;
  let callCount = 0;
  /** It has said that it is ready. */
  let hasImported = false;
  let isSpent = false;
  let isGone = false;
  let isKilled = false;
  let killedFor: KillReason | null = null;
  let isOutOfMemory = false;
  /** What the last call left behind may still end by itself. */
  let hasLeftovers = false;
  let settleTimer: NodeJS.Timeout | null = null;
  let isStopping = false;
  let onStopped: (() => void) | null = null;
  let broken: string | null = null;
  /** The call that surely holds the loop if the loop is held: it has begun, and no pong has come since. */
  let suspect: number | null = null;
  /** The call that has ended the process from within. */
  let culprit: number | null = null;

  const voice = createVoice(log, speaker);
  const runnerProcess = spawnRunner(options, finish);
  const { channel } = runnerProcess;
  const write = channel === null ? null : createFrameWriter(channel);
  const reader = createFrameReader(runnerToServer, onFrame, breakOff);
  /** Positions in the stream from the runner: what has come through the connection, and what has been read. */
  let received = 0;
  let readUpTo = 0;
  tally.started();
  voice.listen(runnerProcess.stdout, runnerProcess.stderr);
  const pulse = createPulse(() => send(FrameKind.ping), spoilAll);
  const memory = watchMemory(runnerProcess.pid, options.memory.totalMib, () => {
    isOutOfMemory = true;
    kill("memory");
  });

  const startTimer = setTimeout(() => {
    started.reject(
      new StartError("plugin_failed", `the plugin was not ready within ${START_TIMEOUT_MS / 1000} s`),
    );
    kill("start");
  }, START_TIMEOUT_MS);

  if (channel !== null) {
    const terms = { config: options.config, hasJournal: runnerProcess.journal !== null };
    channel.on("data", (chunk: Buffer) => {
      const isNew = Math.max(0, received + chunk.length - readUpTo);
      received += chunk.length;
      if (isNew > 0) readOn(chunk.subarray(chunk.length - isNew));
    });
    channel.on("error", () => channel.destroy());
    channel.on("close", () => {
      // The end of the process closes it too, and then tells more. Else the plugin has closed the descriptor under
      // us, and a runner without it can never answer.
      setTimeout(() => breakOff("its connection was closed"), CLOSE_GRACE_MS).unref();
    });
    void ifProven(() => write?.(encodeFrame(FrameKind.start, 0, startPayload(plugin, terms))));
  }

  /**
   * Goes on when the plugin's files are those that its manifest names, else gives the runner up. That is asked here and
   * not by the runner, which would have to load all of `node:crypto` for it: before it hears of the files, while its
   * process starts, and again when it has imported them, before it gets a call.
   */
  async function ifProven(goOn: () => void): Promise<void> {
    try {
      await proveAgain(plugin);
      goOn();
    } catch (error) {
      if (!isGone) onStartFailed(error instanceof Error ? error.message : String(error), "");
    }
  }

  function readOn(bytes: Buffer): void {
    readUpTo += bytes.length;
    reader.push(bytes);
  }

  /** Reads what the runner has kept back; it will come once more, and be passed over. */
  function readJournal(): void {
    const kept = runnerProcess.journal?.read(readUpTo);
    if (kept !== undefined && kept.length > 0) readOn(kept);
  }

  function send(kind: FrameKind, id = 0, payload?: Buffer): void {
    write?.(encodeFrame(kind, id, payload));
  }

  /** The call that text on a pipe comes from, where that is sure. */
  function speaker(): Call | undefined {
    if (running.size > 1) return undefined;
    const [only = lastCall] = running.values();
    return only === null || only.isTied ? undefined : only.call;
  }

  function onFrame(kind: number, id: number, payload: Buffer): void {
    switch (kind) {
      case FrameKind.ready:
        if (hasImported) return breakOff("it was ready twice");
        hasImported = true;
        void ifProven(onReady);
        return;
      case FrameKind.failed:
        return onFailed(payload);
      case FrameKind.pong:
        suspect = null;
        return pulse.onPong();
      case FrameKind.began:
        return onBegan(id);
      case FrameKind.returned:
        return onReturned(id);
      case FrameKind.exiting:
        culprit = id;
        return;
      case FrameKind.retiring:
        return retire(payload.toString(), id);
      case FrameKind.settled:
        return onSettled();
      case FrameKind.stopped:
        return onStopped?.();
      case FrameKind.log:
        return voice.sayMessage(payload, running.get(id)?.call ?? callBefore(id));
      default:
        return onAnswer(kind, id, payload);
    }
  }

  function onBegan(id: number): void {
    const call = running.get(id);
    // One that was taken back is returned right after this.
    if (call === undefined) return;
    suspect = id;
    begin(call);
    if (begun > 1) pulse.start();
  }

  function begin(call: Running): void {
    if (call.hasBegun) return;
    call.hasBegun = true;
    begun += 1;
    if (!call.isBrief) backlogMs -= call.busyMs;
  }

  function onReturned(id: number): void {
    if (dropped.delete(id)) return;
    if (taken.delete(id)) return onLess();
    const call = running.get(id);
    // Else who gave back each call would be given them for ever.
    const isLate = call !== undefined && call.beginBy !== null && call.beginBy < sharedNow();
    const isRight = isSpent || hasLeftovers || isLate || call?.call.caller.isGone;
    if (call === undefined || call.isSettled || !isRight)
      return breakOff("it returned a call it does not hold");
    call.settle(null);
    remove(id, call);
    onLess();
  }

  /**
   * Calls that wait behind one which keeps the loop for long go to other runners. They have surely not begun: the
   * runner begins none after its time, nor one that it has not announced before, and all that it had written by then,
   * to the connection or the journal, has been read.
   */
  function watchLine(): void {
    if (takeBackTimer !== null) return;
    const dueAt = sharedNow() + BEGIN_LIMIT_MS;
    takeBackTimer = setTimeout(() => {
      const before = sharedNow();
      noteLateness(before - dueAt);
      setImmediate(() => {
        takeBackTimer = null;
        takeBack(before);
      });
    }, BEGIN_LIMIT_MS);
  }

  function takeBack(before: number): void {
    if (isGone) return;
    readJournal();
    let isWatched = false;
    let isLess = false;
    for (const [id, call] of running) {
      if (call.hasBegun || call.isSettled || call.beginBy === null) continue;
      if (call.beginBy >= before) isWatched = true;
      else {
        taken.add(id);
        call.settle(null);
        remove(id, call);
        isLess = true;
      }
    }
    if (isWatched) watchLine();
    if (isLess) onLess();
  }

  function remove(id: number, call: Running): void {
    if (!running.delete(id)) return;
    if (call.hasBegun) begun -= 1;
    if (call.isBrief || !call.hasBegun) backlogMs -= call.busyMs;
    if (!call.isBrief) longCalls -= 1;
    // Sums of fractions drift.
    if (running.size === 0) backlogMs = 0;
  }

  function callBefore(id: number): Call | undefined {
    return lastCall?.id === id ? lastCall.call : undefined;
  }

  function onReady(): void {
    clearTimeout(startTimer);
    started.resolve();
  }

  function onFailed(payload: Buffer): void {
    const { message, stack } = readObject(payload);
    onStartFailed(textOf(message), textOf(stack));
  }

  function onStartFailed(why: string, stack: string): void {
    started.reject(new StartError("plugin_failed", `the plugin did not start: ${why}`));
    log.error("plugin did not start", { why, stack });
    kill("start");
  }

  function onAnswer(kind: number, id: number, payload: Buffer): void {
    if (dropped.delete(id)) return;
    if (taken.has(id)) return breakOff("it began a call that was taken back");
    const done = running.get(id);
    const answer = readAnswer(payload);
    if (done === undefined || done.isSettled) return breakOff("it answered a call it was not given");
    if (answer === null) return breakOff("its answer cannot be read");
    const { text, isSettling, loop } = answer;
    if (kind === FrameKind.result) {
      // The braces are all that is asked here: the runner has checked the rest, and the bytes are the plugin's own.
      if (text[0] !== 0x7b || text[text.length - 1] !== 0x7d) return breakOff("its answer is not an object");
      done.settle({ outputs: text, ms: performance.now() - done.startedAt });
    } else {
      const found = readProblem(text);
      if (found === null) return breakOff("its answer cannot be read");
      const { problem, stack, denied } = found;
      if (problem.code === "node_error") {
        const more = stack === undefined ? {} : { stack };
        voice.say("error", "node threw", { source: "plugin", thrown: problem.message, ...more }, done.call);
        if (denied !== undefined && isFirst(log, `${plugin.manifest.name} ${denied}`)) {
          log.warn("access denied", { permission: denied, why: problem.message, ...about(done.call) });
        }
      }
      done.settle(problem);
    }
    if (!isSpent) record.ran(done.call.node, loop);
    hasLeftovers = isSettling;
    watchSettling();
    release(id, done);
  }

  /** Frees the call's place, once what it had printed before its answer has been read. */
  function release(id: number, done: Running): void {
    lastCall = { id, call: done.call, isTied: done.isTied };
    const free = () => {
      remove(id, done);
      onLess();
    };
    if (done.isTied) free();
    else setImmediate(free);
  }

  /** The runner holds fewer calls than before, or has settled. */
  function onLess(): void {
    if (isGone) return;
    if (running.size < 2) pulse.stop();
    if (running.size === 0) memory.stop();
    if (isSpent && running.size === 0) void stop();
    watchSettling();
    onChange(runner);
  }

  /** It has no call whose deadline would end it, and must yet come to rest before it gets another one. */
  function watchSettling(): void {
    if (hasLeftovers || (taken.size > 0 && running.size === 0)) {
      settleTimer ??= setTimeout(() => kill("unsettled"), SETTLE_TIMEOUT_MS);
    } else clearSettling();
  }

  function clearSettling(): void {
    if (settleTimer !== null) clearTimeout(settleTimer);
    settleTimer = null;
  }

  function onSettled(): void {
    hasLeftovers = false;
    onLess();
  }

  /** What a call did to its process must not reach the next one. */
  function retire(why: string, id: number): void {
    const call = running.get(id)?.call ?? callBefore(id);
    if (call !== undefined) record.spoil(call.node);
    if (!isSpent) {
      tally.retired();
      if (isFirst(log, `${plugin.manifest.name} ${call?.node.name} ${why}`)) {
        log.warn("runner retired", { why, ...about(call) });
      }
    }
    isSpent = true;
    clearSettling();
    if (running.size > 0) return;
    void stop();
    onChange(runner);
  }

  function spoilAll(): void {
    for (const { call } of running.values()) record.spoil(call.node);
  }

  /** The runner does what no runner of ours does: it is not worth another frame. */
  function breakOff(why: string): void {
    broken ??= why;
    kill("broken");
  }

  function finish(words: string): void {
    isGone = true;
    isSpent = true;
    // Answers that it had not sent yet.
    readJournal();
    clearTimeout(startTimer);
    clearSettling();
    if (takeBackTimer !== null) clearTimeout(takeBackTimer);
    pulse.stop();
    memory.stop();
    runnerProcess.close();
    const why = broken ?? words;
    const reason = voice.lastWords() === "" ? why : `${why}: ${voice.lastWords().slice(0, 500)}`;
    started.reject(new StartError("plugin_failed", `the plugin did not start: ${reason}`));
    if (!isKilled) tally.crashed();
    if (!isStopping) spoilAll();
    const unsettled = [...running].filter(([, { isSettled }]) => !isSettled);
    const open = unsettled.filter(([, { hasBegun }]) => hasBegun);
    // Alone to the end means guilty, unless it is left over from those whose neighbour ran past its deadline.
    const hadNeighbours = open.length > 1 || dropped.size > 0 || killedFor === "timeout";
    for (const [id, { settle }] of open) {
      const isGuilty = id === culprit || !hadNeighbours;
      if (!isGuilty) settle(lost());
      else if (isOutOfMemory || voice.hasMemoryError())
        settle(new Problem("out_of_memory", "the node used more memory than its runner may have"));
      else settle(new Problem("runner_crashed", `the node's runner ended before it answered: ${why}`));
    }
    // These have never begun, and go to another runner.
    for (const [, { isSettled, settle }] of unsettled) if (!isSettled) settle(null);
    running.clear();
    onStopped?.();
    gone.resolve();
  }

  /** The deadline of one call. Its neighbours, if any, are kept where the loop still turns. */
  async function onDeadline(id: number, late: Running): Promise<void> {
    const { call, settle, timeoutMs } = late;
    const limit = timeoutMs < call.timeoutMs ? "the time that the caller gave" : `${call.timeoutMs / 1000} s`;
    const timeout = new Problem("timeout", `the node did not answer within ${limit}`);
    // It has waited behind the call that the runner is killed for, and goes on elsewhere.
    if (isKilled && !late.hasBegun) return;
    if (!late.hasBegun) {
      // Its announcement may be waiting to be read; the runner writes none that is later than this.
      await new Promise((resolve) => setImmediate(resolve));
      if (late.isSettled || (isKilled && !late.hasBegun)) return;
      if (!late.hasBegun) {
        settle(timeout);
        dropped.add(id);
        remove(id, late);
        return onLess();
      }
    }
    record.spoil(call.node);
    if (begun === 1) {
      settle(timeout);
      return kill("timeout");
    }
    const isBeating = await pulse.isBeating();
    if (late.isSettled) return;
    if (isBeating) {
      settle(timeout);
      dropped.add(id);
      isSpent = true;
      return release(id, late);
    }
    spoilAll();
    if (suspect === id) {
      settle(timeout);
      return kill("timeout");
    }
    settle(lost());
    // Who holds the loop has a deadline of its own; nobody known does, when the loop was lost after an `await`.
    if (suspect === null || !running.has(suspect)) kill("timeout");
    else release(id, late);
  }

  function run(call: Call, patienceMs: number): Promise<Answer | null> {
    callCount = (callCount + 1) % 0x7fffffff;
    const id = callCount;
    return new Promise((resolve, reject) => {
      let cancelTimer: NodeJS.Timeout | null = null;
      const startedAt = performance.now();
      const timeoutMs = Math.min(call.timeoutMs, (call.answerBy ?? Number.POSITIVE_INFINITY) - startedAt);
      const deadline = setTimeout(() => void onDeadline(id, mine), Math.max(0, timeoutMs));
      call.caller.onGone = () => {
        send(FrameKind.cancel, id);
        // Beside others it may go on until its deadline.
        cancelTimer = setTimeout(
          () => mine.hasBegun && begun === 1 && kill("caller_gone"),
          CANCEL_TIMEOUT_MS,
        );
      };
      const isAlone = running.size === 0;
      const isTied = record.mayShare(call.node);
      // The more are in line, the longer it may rightly take.
      const beginLimit = Math.min(timeoutMs, patienceMs + 4 * backlogMs + 2 * machineLag());
      const beginBy = isAlone ? null : sharedNow() + beginLimit;
      const mine: Running = {
        call,
        isTied,
        startedAt,
        timeoutMs,
        busyMs: record.busyMs(call.node),
        isBrief: record.isBrief(call.node),
        beginBy,
        hasBegun: false,
        isSettled: false,
        settle(outcome) {
          mine.isSettled = true;
          clearTimeout(deadline);
          if (cancelTimer !== null) clearTimeout(cancelTimer);
          call.caller.onGone = null;
          if (outcome instanceof Problem) reject(outcome);
          else resolve(outcome);
        },
      };
      running.set(id, mine);
      backlogMs += mine.busyMs;
      if (!mine.isBrief) longCalls += 1;
      if (isAlone) {
        suspect = id;
        begin(mine);
      } else watchLine();
      memory.start();
      write?.(...encodeCall(id, call, { mayShare: isTied, beginBy, busyMs: mine.busyMs }));
    });
  }

  async function stop(): Promise<void> {
    if (isGone || isStopping) return gone.promise;
    isSpent = true;
    isStopping = true;
    const limit = setTimeout(() => kill("stop"), STOP_TIMEOUT_MS);
    await new Promise<void>((resolve) => {
      onStopped = resolve;
      if (channel?.writable) send(FrameKind.stop);
      else resolve();
    });
    clearTimeout(limit);
    isKilled = true;
    runnerProcess.kill();
    await gone.promise;
  }

  function kill(reason: KillReason): void {
    isSpent = true;
    if (isGone || isKilled) return;
    isKilled = true;
    killedFor = reason;
    tally.killed(reason);
    runnerProcess.kill();
    onChange(runner);
  }

  const runner: Runner = {
    ready: started.promise,
    exited: gone.promise,
    isSpent: () => isSpent,
    isSettling: () => hasLeftovers || taken.size > 0,
    load: () => (isKilled || isGone ? 0 : running.size),
    isShareable() {
      for (const { call } of running.values()) if (!record.mayShare(call.node)) return false;
      return true;
    },
    backlogMs: () => (longCalls > 0 ? null : backlogMs),
    run,
    stop,
    kill(problem, reason) {
      for (const { isSettled, settle } of running.values()) if (!isSettled) settle(problem);
      kill(reason);
    },
  };
  return runner;
}

function lost(): Problem {
  return new Problem("runner_lost", "another call took the node's runner down; send it again", {
    headers: { "Retry-After": "1" },
  });
}
