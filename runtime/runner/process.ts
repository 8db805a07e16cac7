import { spawn } from "node:child_process";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { type Fault, Problem, StartError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { LoadedPlugin } from "../manifest/read.ts";
import type { ManifestNode } from "../manifest/types.ts";
import { heapLimit, runnerCommand } from "./command.ts";
import { createDeferred } from "./deferred.ts";
import { denialKinds } from "./denial.ts";
import { type Environment, runnerEnvironment } from "./environment.ts";
import { createFrameReader, encodeFrame, FrameKind, runnerToServer } from "./frames.ts";
import { CANCEL_TIMEOUT_MS, START_TIMEOUT_MS, STOP_TIMEOUT_MS } from "./limits.ts";
import { isFirst } from "./once.ts";
import { createLineBudget, readLines } from "./output.ts";
import { containment } from "./permission-model.ts";
import { type CallMessage, runnerProblemCodes, type StartMessage } from "./protocol.ts";
import { realPath } from "./real-path.ts";

export interface Call {
  readonly node: ManifestNode;
  /** The request's body as it came. */
  readonly body: Buffer;
  readonly requestId: string;
  readonly traceparent: string;
  /** Deadline from the moment a runner takes the call. */
  readonly timeoutMs: number;
  /** Aborts when the caller hangs up. */
  readonly signal: AbortSignal;
}

export interface Answer {
  /** JSON text of the `outputs` object. */
  readonly outputs: Buffer;
  readonly ms: number;
}

export interface RunnerOptions {
  readonly plugin: LoadedPlugin;
  readonly config: Readonly<Record<string, unknown>>;
  readonly env: Environment;
  readonly entry: string;
  readonly log: Log;
}

export interface Runner {
  /** Rejects with a StartError when the plugin cannot start. */
  readonly ready: Promise<void>;
  /** Settles when the process, its group and its pipes are gone. */
  readonly exited: Promise<void>;
  /** True when it must not take another call. */
  readonly isSpent: () => boolean;
  /** One call at a time. Rejects with a {@link Problem}. */
  run(call: Call): Promise<Answer>;
  /** Lets the plugin deactivate, then ends the process. */
  stop(): Promise<void>;
  /** Ends the process and its group at once; its call, if any, gets `problem`. */
  kill(problem: Problem): void;
}

interface Running {
  readonly id: number;
  readonly call: Call;
  readonly startedAt: number;
  settle(outcome: Answer | Problem): void;
}

/** Entry of a runner beside this file: TypeScript from sources, JavaScript from `dist`, `runner.mjs` in an image. */
export function defaultRunnerEntry(): string {
  const ending = /\.\w+$/.exec(import.meta.url)?.[0] ?? ".js";
  return fileURLToPath(new URL(ending === ".mjs" ? "./runner.mjs" : `./entry${ending}`, import.meta.url));
}

/** Between a runner's connection and its process, ms: whose end is seen first is chance. */
const CLOSE_GRACE_MS = 50;

/** Process groups alive now. The server's end, however it comes, takes them along. */
const groups = new Set<number>();
process.on("exit", () => {
  for (const pid of groups) killGroup(pid);
});

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Already gone: the group's last process has ended.
  }
}

/** `onFree` is told when a call's runner can take the next one; never for a runner that is spent. */
export function startRunner(options: RunnerOptions, onFree: (runner: Runner) => void): Runner {
  const { plugin, log } = options;
  const { manifest } = plugin;
  const { flags, gaps } = containment(plugin, options.entry);
  for (const gap of gaps) {
    if (isFirst(log, `${manifest.name} ${gap.what}`)) {
      log[gap.level]("not contained", {
        plugin: manifest.name,
        gap: gap.what,
        node_version: process.versions.node,
      });
    }
  }
  const [program, args] = runnerCommand(realPath(options.entry), heapLimit(manifest.resources), flags);
  const child = spawn(program, args, {
    env: runnerEnvironment(manifest, options.env),
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    // Its own group, so that a kill reaches what the plugin has started, and Ctrl-C in a terminal does not.
    detached: true,
  });
  const { pid } = child;
  if (pid !== undefined) groups.add(pid);

  const started = createDeferred<void>();
  const gone = createDeferred<void>();
  started.promise.catch(() => {}); // the pool listens too, but perhaps later than this fails
  let running: Running | null = null;
  let lastCall: { id: number; call: Call } | null = null;
  let callCount = 0;
  let isSpent = false;
  let isGone = false;
  let hasMemoryError = false;
  let lastWords = "";
  let stopped: (() => void) | null = null;
  let broken: string | null = null;

  const startTimer = setTimeout(() => {
    started.reject(
      new StartError("plugin_failed", `the plugin was not ready within ${START_TIMEOUT_MS / 1000} s`),
    );
    kill();
  }, START_TIMEOUT_MS);

  const budget = createLineBudget((count) => {
    log.warn("lines dropped", { source: "plugin", count, ...about(lastCall?.call) });
  });
  const line = (level: string, text: string, more: object, call = running?.call ?? lastCall?.call) => {
    if (budget.take()) log.log(level, text, { ...more, ...about(call) });
  };
  if (child.stdout !== null) readLines(child.stdout, (text) => line("info", text, { source: "stdout" }));
  if (child.stderr !== null) {
    readLines(child.stderr, (text) => {
      if (text.startsWith("FATAL ERROR:") && text.includes("memory")) hasMemoryError = true;
      if (text.trim() !== "") lastWords = text.trim();
      line("warn", text, { source: "stderr" });
    });
  }

  const channel = child.stdio[3];
  if (channel instanceof Socket) {
    const reader = createFrameReader(runnerToServer, onFrame, breakOff);
    channel.on("data", (chunk) => reader.push(chunk));
    channel.on("error", () => channel.destroy());
    channel.on("close", () => {
      // The end of the process closes it too, and then tells more. Else the plugin has closed the descriptor under
      // us, and a runner without it can never answer.
      setTimeout(() => breakOff("its connection was closed"), CLOSE_GRACE_MS).unref();
    });
    channel.write(encodeFrame(FrameKind.start, 0, Buffer.from(JSON.stringify(startMessage(options)))));
  }

  child.on("error", (error) => finish(`it could not be started: ${error.message}`));
  child.on("exit", (code, signal) => {
    // What the plugin started must not outlive it. The group's number cannot have been taken anew this soon.
    if (pid !== undefined) killGroup(pid);
    // The end of stderr tells why; a process that left the group may hold the pipes open, so not for ever.
    child.stdout?.resume();
    child.stderr?.resume();
    const words =
      signal === null ? `its process ended with exit code ${code}` : `its process was ended by ${signal}`;
    const limit = setTimeout(() => finish(words), 200);
    child.once("close", () => {
      clearTimeout(limit);
      finish(words);
    });
  });

  function onFrame(kind: number, id: number, payload: Buffer): void {
    if (kind === FrameKind.ready) {
      clearTimeout(startTimer);
      started.resolve();
    } else if (kind === FrameKind.failed) {
      const { message, stack } = readObject(payload);
      started.reject(new StartError("plugin_failed", `the plugin did not start: ${textOf(message)}`));
      log.error("plugin did not start", { why: textOf(message), stack: textOf(stack) });
      kill();
    } else if (kind === FrameKind.retiring) {
      isSpent = true;
      if (running === null) void stop();
    } else if (kind === FrameKind.stopped) {
      stopped?.();
    } else if (kind === FrameKind.log) {
      writeLog(id, readObject(payload));
    } else if (running === null || running.id !== id) {
      breakOff("it answered a call it was not given");
    } else if (kind === FrameKind.result) {
      // The braces are all that is asked here: the runner has checked the rest, and the bytes are the plugin's own.
      if (payload[0] !== 0x7b || payload[payload.length - 1] !== 0x7d)
        return breakOff("its answer is not an object");
      release(running, { outputs: payload, ms: performance.now() - running.startedAt });
    } else {
      const problem = readProblem(payload);
      if (problem === null) return breakOff("its answer cannot be read");
      if (problem.problem.code === "node_error") {
        const stack = problem.stack === undefined ? {} : { stack: problem.stack };
        line("error", "node threw", { source: "plugin", thrown: problem.problem.message, ...stack });
        const { denied } = problem;
        if (denied !== undefined && isFirst(log, `${manifest.name} ${denied}`)) {
          log.warn("access denied", {
            permission: denied,
            why: problem.problem.message,
            ...about(running.call),
          });
        }
      }
      release(running, problem.problem);
    }
  }

  /** Answers the call and frees the runner, once what it had printed before its answer has been read. */
  function release(done: Running, outcome: Answer | Problem): void {
    done.settle(outcome);
    setImmediate(() => {
      if (running === done) running = null;
      if (isGone) return;
      if (isSpent) void stop();
      else onFree(runner);
    });
  }

  function writeLog(id: number, message: Record<string, unknown>): void {
    const level = ["debug", "info", "warn", "error"].find((known) => known === message.level) ?? "info";
    const fields = message.fields === undefined ? {} : { fields: message.fields };
    const call = running?.id === id ? running.call : lastCall?.id === id ? lastCall.call : undefined;
    line(level, textOf(message.message), { source: "plugin", ...fields }, call);
  }

  /** The runner does what no runner of ours does: it is not worth another frame. */
  function breakOff(why: string): void {
    broken ??= why;
    kill();
  }

  function finish(words: string): void {
    if (isGone) return;
    isGone = true;
    isSpent = true;
    clearTimeout(startTimer);
    if (pid !== undefined) groups.delete(pid);
    channel?.destroy();
    child.stdout?.destroy();
    child.stderr?.destroy();
    const why = broken ?? words;
    const reason = lastWords === "" ? why : `${why}: ${lastWords.slice(0, 500)}`;
    started.reject(new StartError("plugin_failed", `the plugin did not start: ${reason}`));
    running?.settle(
      hasMemoryError
        ? new Problem("out_of_memory", "the node used more memory than its runner may have")
        : new Problem("runner_crashed", `the node's runner ended before it answered: ${why}`),
    );
    stopped?.();
    gone.resolve();
  }

  function run(call: Call): Promise<Answer> {
    callCount = (callCount + 1) % 0x7fffffff;
    const id = callCount;
    lastCall = { id, call };
    return new Promise((resolve, reject) => {
      let cancelTimer: NodeJS.Timeout | null = null;
      const deadline = setTimeout(() => {
        mine.settle(new Problem("timeout", `the node did not answer within ${call.timeoutMs / 1000} s`));
        kill();
      }, call.timeoutMs);
      const cancel = () => {
        channel instanceof Socket && channel.write(encodeFrame(FrameKind.cancel, id));
        cancelTimer = setTimeout(kill, CANCEL_TIMEOUT_MS);
      };
      const mine: Running = {
        id,
        call,
        startedAt: performance.now(),
        settle(outcome) {
          clearTimeout(deadline);
          if (cancelTimer !== null) clearTimeout(cancelTimer);
          call.signal.removeEventListener("abort", cancel);
          if (outcome instanceof Problem) reject(outcome);
          else resolve(outcome);
        },
      };
      running = mine;
      call.signal.addEventListener("abort", cancel, { once: true });
      if (channel instanceof Socket) channel.write(encodeFrame(FrameKind.call, id, callPayload(call)));
    });
  }

  async function stop(): Promise<void> {
    if (isGone) return;
    isSpent = true;
    const limit = setTimeout(kill, STOP_TIMEOUT_MS);
    await new Promise<void>((resolve) => {
      stopped = resolve;
      if (channel instanceof Socket && channel.writable) channel.write(encodeFrame(FrameKind.stop));
      else resolve();
    });
    clearTimeout(limit);
    kill();
    await gone.promise;
  }

  function kill(): void {
    isSpent = true;
    if (pid !== undefined && !isGone) killGroup(pid);
  }

  const runner: Runner = {
    ready: started.promise,
    exited: gone.promise,
    isSpent: () => isSpent,
    run,
    stop,
    kill(problem) {
      running?.settle(problem);
      kill();
    },
  };
  return runner;
}

function startMessage({ plugin, config }: RunnerOptions): StartMessage {
  const { manifest } = plugin;
  return {
    bundle: { path: realPath(plugin.bundlePath), sha256: manifest.bundle.sha256 },
    validators: { path: realPath(plugin.validatorsPath), sha256: manifest.validators.sha256 },
    export: manifest.entrypoint.export,
    plugin: { name: manifest.name, version: manifest.version },
    nodes: manifest.nodes.map((node) => ({
      name: node.name,
      class: node.class,
      inputs: node.inputs,
      input_order: node.input_order,
      takes_context: node.takes_context,
      outputs: node.outputs,
    })),
    config,
  };
}

function callPayload(call: Call): Buffer {
  const { requestId, traceparent } = call;
  const message: CallMessage = { node: call.node.name, requestId, traceparent };
  return Buffer.concat([Buffer.from(`${JSON.stringify(message)}\n`), call.body]);
}

function about(call: Call | undefined): { node?: string; request_id?: string } {
  return call === undefined ? {} : { node: call.node.name, request_id: call.requestId };
}

function readObject(payload: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(payload.toString());
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function readProblem(payload: Buffer): { problem: Problem; stack?: string; denied?: string } | null {
  const { code, message, details, stack, denied } = readObject(payload);
  const known = runnerProblemCodes.find((candidate) => candidate === code);
  if (known === undefined || typeof message !== "string" || !Array.isArray(details)) return null;
  const faults: Fault[] = details.map((fault) => ({
    path: textOf(fault?.path),
    message: textOf(fault?.message),
  }));
  const problem = new Problem(known, message, { details: faults });
  return {
    problem,
    ...(typeof stack === "string" ? { stack } : {}),
    // A runner may say anything; only a kind of ours is kept, since each is remembered.
    ...(denialKinds.has(denied) ? { denied: String(denied) } : {}),
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
