/**
 * The program of a runner process: the only place where plugin code runs. File descriptor 3 is a socket to the
 * server and carries frames; the order is start, ready, then calls, several at one time only where the server says so.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { type Cancel, createCancel } from "./cancel.ts";
import { createFrameReader, encodeAnswer, encodeFrame, FrameKind, serverToRunner } from "./frames.ts";
import { invoke } from "./invoke.ts";
import { type Leftovers, watchLeftovers } from "./leftovers.ts";
import { MAX_FAULTS } from "./limits.ts";
import { logLine } from "./log-line.ts";
import { MAX_LINE } from "./output.ts";
import { activatePlugin, type RunningPlugin } from "./plugin.ts";
import { tiePrints } from "./prints.ts";
import type { CallMessage, LogMessage, ProblemMessage, StartMessage } from "./protocol.ts";
import { type Realm, watchRealm } from "./realm.ts";
import { isRefusal, type Refusal } from "./refusal.ts";
import { writeJson } from "./result.ts";
import { describeThrown } from "./thrown.ts";

interface Call {
  readonly id: number;
  readonly mayShare: boolean;
  readonly cancel: Cancel;
  /** Time that the event loop had been busy when it began, ms. */
  readonly loopStart: number;
  /** No other call ran beside it so far. */
  isAlone: boolean;
}

/** What there is once the plugin is activated. */
interface Ready {
  readonly plugin: RunningPlugin;
  readonly message: StartMessage;
  readonly realm: Realm;
  readonly leftovers: Leftovers;
}

// Node hands a runner's flags on to each Node program that it starts, by this list. What the plugin declares as a
// command is somebody else's program: it could not even read its own files under them.
process.execArgv.length = 0;

// Kept before plugin code runs, which may replace them.
const exit = process.exit.bind(process);
const defer = setImmediate;
const busyTime = (): number => performance.eventLoopUtilization().active;

const socket = new Socket({ fd: 3, readable: true, writable: true });
const writeBytes = socket.write.bind(socket);
/** The call that a piece of asynchronous code belongs to, also after its answer. */
const owners = new AsyncLocalStorage<Call>();
/** Calls without an answer. */
const calls = new Map<number, Call>();
/** Log lines not yet written to the connection, bytes, from which on prints go to the pipes. */
const MAX_UNSENT_BYTES = 256 * 1024;

let ready: Ready | null = null;
let isRetiring = false;

const reader = createFrameReader(
  serverToRunner,
  (kind, id, payload) => {
    if (kind === FrameKind.start) void start(payload);
    else if (kind === FrameKind.call) void run(id, payload);
    else if (kind === FrameKind.ping) send(FrameKind.pong);
    else if (kind === FrameKind.stop) void stop();
    else calls.get(id)?.cancel.abort();
  },
  () => exit(1),
);
socket.on("data", (chunk) => reader.push(chunk));
// No server, no runner.
socket.on("close", () => exit(0));
socket.on("error", () => exit(1));
process.on("uncaughtException", strayError);
process.on("unhandledRejection", strayError);
// Before the baseline is taken: the two streams are opened here, and that is nothing a call has left behind.
tiePrints((line) => {
  const owner = owners.getStore();
  // The pipe makes a node wait that prints too much, the connection to the server would not.
  if (!owner?.mayShare || socket.writableLength > MAX_UNSENT_BYTES) return false;
  sendJson(FrameKind.log, owner.id, { ...line, message: line.message.slice(0, MAX_LINE) });
  return true;
});
process.on("exit", () => {
  const owner = owners.getStore();
  if (owner !== undefined) send(FrameKind.exiting, owner.id);
});

function send(kind: FrameKind, id = 0, payload?: Buffer): void {
  writeBytes(encodeFrame(kind, id, payload));
}

function sendJson(kind: FrameKind, id: number, value: unknown): void {
  send(kind, id, jsonBytes(value));
}

function jsonBytes(value: unknown): Buffer {
  return Buffer.from(writeJson(value));
}

async function start(payload: Buffer): Promise<void> {
  try {
    const message = JSON.parse(payload.toString()) as StartMessage; // our own server wrote it
    Object.freeze(message.config);
    const plugin = await activatePlugin(message);
    ready = { plugin, message, realm: watchRealm(), leftovers: watchLeftovers() };
    send(FrameKind.ready);
  } catch (error) {
    const { message, stack } = describeThrown(error);
    sendJson(FrameKind.failed, 0, { message, stack });
  }
}

async function run(id: number, payload: Buffer): Promise<void> {
  const lineEnd = payload.indexOf("\n");
  const message = JSON.parse(payload.toString("utf8", 0, lineEnd)) as CallMessage; // our own server wrote it
  const call: Call = {
    id,
    mayShare: message.mayShare,
    cancel: createCancel(),
    loopStart: busyTime(),
    isAlone: calls.size === 0,
  };
  if (!call.isAlone) {
    for (const other of calls.values()) other.isAlone = false;
    // Written at once, before the node can block the loop.
    send(FrameKind.began, id);
  }
  calls.set(id, call);
  let kind: typeof FrameKind.result | typeof FrameKind.problem = FrameKind.result;
  let text: Buffer;
  try {
    text = await outputsOf(call, message, payload.subarray(lineEnd + 1));
  } catch (error) {
    kind = FrameKind.problem;
    text = jsonBytes(isRefusal(error) ? fromRefusal(error) : describeThrown(error));
  }
  // In a turn of the loop of its own: what the node left in the queues before it (endless microtasks, rejections that
  // nobody handles) strikes this call and not the next one.
  defer(answer, call, kind, text);
}

async function outputsOf(call: Call, message: CallMessage, body: Buffer): Promise<Buffer> {
  const node = ready?.plugin.nodes.get(message.node);
  if (ready === null || node === undefined) throw new Error(`node ${message.node} is not in this runner`);
  const surroundings = {
    config: ready.message.config,
    plugin: ready.message.plugin,
    signal: call.cancel.signal,
    log: (level: LogMessage["level"], text: unknown, fields: unknown) =>
      sendJson(FrameKind.log, call.id, logLine(level, text, fields)),
  };
  const { realm } = ready;
  const enter = async (run: () => Promise<unknown>): Promise<unknown> => {
    try {
      return await owners.run(call, run);
    } finally {
      const change = realm.mend();
      if (change !== null) retire(`it changed ${change}`, call.id);
    }
  };
  return invoke(node, message, body, surroundings, enter);
}

/** Sends a call's answer, unless an earlier error has answered it already, and looks at what the call left behind. */
function answer(call: Call, kind: typeof FrameKind.result | typeof FrameKind.problem, text: Buffer): void {
  if (!calls.delete(call.id)) return;
  const loopMs = call.isAlone ? busyTime() - call.loopStart : null;
  const change = isRetiring ? null : (ready?.realm.findChange() ?? null);
  if (change !== null) retire(`it changed ${change}`, call.id);
  const isSettling = !isRetiring && calls.size === 0 && (ready?.leftovers.find() ?? null) !== null;
  writeBytes(encodeAnswer(kind, call.id, { isSettling, loopMs }, text));
  if (isSettling) void settle(call.id);
}

async function settle(id: number): Promise<void> {
  const left = (await ready?.leftovers.settle(() => calls.size > 0)) ?? null;
  if (left !== null) retire(`it left ${left} behind`, id);
  else if (calls.size === 0) send(FrameKind.settled);
}

/** No further call, please: the present ones are still answered. */
function retire(why: string, id: number): void {
  if (!isRetiring) send(FrameKind.retiring, id, Buffer.from(why.slice(0, 200)));
  isRetiring = true;
}

/**
 * An error outside of any promise that somebody waits for. It ends the call it comes from and no other; the runner
 * is replaced after its present calls, since nobody knows what the error left undone.
 */
function strayError(thrown: unknown): void {
  const owner = owners.getStore();
  const problem = describeThrown(thrown);
  retire("an error came outside of any call's own course", owner?.id ?? 0);
  if (owner !== undefined && calls.has(owner.id)) return answer(owner, FrameKind.problem, jsonBytes(problem));
  const fields = problem.stack === undefined ? {} : { stack: problem.stack };
  const line = logLine("error", `error outside of a call: ${problem.message}`, fields);
  sendJson(FrameKind.log, owner?.id ?? 0, line);
}

async function stop(): Promise<void> {
  try {
    await ready?.plugin.deactivate();
  } catch (error) {
    const { message, stack } = describeThrown(error);
    sendJson(FrameKind.log, 0, logLine("error", `deactivate failed: ${message}`, { stack }));
  }
  send(FrameKind.stopped);
}

function fromRefusal(refusal: Refusal): ProblemMessage {
  const details = refusal.details.slice(0, MAX_FAULTS).map(({ path, message }) => ({
    path: path.slice(0, 300),
    message: message.slice(0, 500),
  }));
  return { code: refusal.code, message: refusal.message, details };
}
