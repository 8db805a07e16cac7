/**
 * The program of a runner process: the only place where plugin code runs. File descriptor 3 is a socket to the
 * server and carries frames; the order is start, ready, then calls, several at one time only where the server says so.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { Socket } from "node:net";
import { type EventLoopUtilization, performance } from "node:perf_hooks";
import { type Cancel, createCancel } from "./cancel.ts";
import { sharedNow } from "./clock.ts";
import { createFrameReader, encodeAnswer, encodeFrame, FrameKind, serverToRunner } from "./frames.ts";
import { invoke } from "./invoke.ts";
import { type JournalWriter, openJournal } from "./journal.ts";
import { type Leftovers, watchLeftovers } from "./leftovers.ts";
import { MAX_FAULTS } from "./limits.ts";
import { logLine } from "./log-line.ts";
import { MAX_LINE } from "./output.ts";
import { activatePlugin, type RunningPlugin } from "./plugin.ts";
import { tiePrints } from "./prints.ts";
import type { CallMessage, LogMessage, ProblemMessage, StartMessage } from "./protocol.ts";
import { type Realm, rememberRealm, watchRealm } from "./realm.ts";
import { isRefusal, type Refusal } from "./refusal.ts";
import { writeJson } from "./result.ts";
import { describeThrown } from "./thrown.ts";

interface Call {
  readonly id: number;
  readonly mayShare: boolean;
  readonly cancel: Cancel;
  /** Times of the event loop when it began. */
  readonly loopStart: EventLoopUtilization;
  /** No other call ran beside it so far. */
  isAlone: boolean;
}

/** A call that has come and not begun. */
interface Arrival {
  readonly id: number;
  readonly message: CallMessage;
  readonly body: Buffer;
}

/** A call that has come to its end. */
interface Finished {
  readonly call: Call;
  readonly kind: typeof FrameKind.result | typeof FrameKind.problem;
  readonly text: Buffer;
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
const joinBytes = Buffer.concat.bind(Buffer);
const loopTime = performance.eventLoopUtilization.bind(performance);

const socket = new Socket({ fd: 3, readable: true, writable: true });
const writeBytes = socket.write.bind(socket);
/** The call that a piece of asynchronous code belongs to, also after its answer. */
const owners = new AsyncLocalStorage<Call>();
/** Calls that have begun and have no answer. */
const calls = new Map<number, Call>();
/** Calls that have not begun: each begins in a turn of its own, when the answers of those before it are written. */
const inbox: Arrival[] = [];
/** Calls whose answer is to be sent in the next turn. */
const finished: Finished[] = [];
/** Turns of {@link turn} that are to come. */
let turns = 0;
/** Frames that go out in one write; those from `noted` on are not in the journal yet. */
let unsent: Buffer[] = [];
let noted = 0;
/** When the first of them came, ms. */
let unsentSince = 0;
/** Bytes of the stream to the server, with those in the journal. */
let streamed = 0;
let journal: JournalWriter | null = null;
/** How long an answer is kept back at most, ms, for those that come right after it. */
const MAX_KEPT_MS = 0.25;
/** Log lines not yet written to the connection, bytes, from which on prints go to the pipes. */
const MAX_UNSENT_BYTES = 256 * 1024;

/**
 * Comparing all of the realm costs more than a small call. After calls of nodes that have proven themselves it is done
 * once for so many of them, or when none has come for so long, ms; and before any other call begins.
 */
const MAX_UNCOMPARED = 16;
const UNCOMPARED_MS = 2;

let ready: Ready | null = null;
let isRetiring = false;
/** What the last call left behind may still end by itself. */
let isSettling = false;
/** Answers since the whole realm was compared, and the last of them. */
let uncompared = 0;
let lastAnswer = 0;
const compareSoon = setTimeout(compareAll, UNCOMPARED_MS).unref();
const postponeCompare = compareSoon.refresh.bind(compareSoon);

const reader = createFrameReader(
  serverToRunner,
  (kind, id, payload) => {
    if (kind === FrameKind.start) void start(payload);
    else if (kind === FrameKind.call) arrive(id, payload);
    else if (kind === FrameKind.ping) send(FrameKind.pong);
    else if (kind === FrameKind.stop) void stop();
    else cancel(id);
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
  unsent.push(encodeFrame(kind, id, payload));
  flush();
}

function flush(): void {
  if (unsent.length === 0) return;
  for (let index = noted; index < unsent.length; index += 1) streamed += unsent[index]?.length ?? 0;
  const bytes = joined(0);
  unsent = [];
  noted = 0;
  journal?.reset();
  writeBytes(bytes);
}

/** Keeps what is unsent back while a call that usually takes so long runs; false where it must go out before. */
function keep(busyMs: number): boolean {
  const now = sharedNow();
  if (noted === 0) unsentSince = now;
  // The server reads the journal from where the connection ends for it, so nothing may be under way there.
  if (now - unsentSince + busyMs > MAX_KEPT_MS || socket.writableLength > 0) return false;
  const bytes = joined(noted);
  if (journal?.keep(streamed, bytes) !== true) return false;
  streamed += bytes.length;
  noted = unsent.length;
  return true;
}

function joined(from: number): Buffer {
  const [only] = unsent;
  return unsent.length === 1 && only !== undefined && from === 0 ? only : joinBytes(unsent.slice(from));
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
    if (message.hasJournal) journal = openJournal();
    const plugin = await activatePlugin(message);
    const clean = rememberRealm();
    const leftovers = watchLeftovers();
    send(FrameKind.ready);
    // In the same turn, so that no code of the plugin comes between; the server has heard all the same.
    ready = { plugin, message, realm: watchRealm(clean), leftovers };
  } catch (error) {
    const { message, stack } = describeThrown(error);
    sendJson(FrameKind.failed, 0, { message, stack });
  }
}

function arrive(id: number, payload: Buffer): void {
  const lineEnd = payload.indexOf("\n");
  const message = JSON.parse(payload.toString("utf8", 0, lineEnd)) as CallMessage; // our own server wrote it
  inbox.push({ id, message, body: payload.subarray(lineEnd + 1) });
  // One more than there are calls, so that the last one's answer is written before the loop comes to timers again:
  // what a call has left there strikes after its answer.
  while (turns <= inbox.length) {
    turns += 1;
    defer(turn);
  }
}

function cancel(id: number): void {
  const call = calls.get(id);
  if (call !== undefined) return call.cancel.abort();
  const at = inbox.findIndex((arrival) => arrival.id === id);
  if (at < 0) return;
  inbox.splice(at, 1);
  send(FrameKind.returned, id);
}

/**
 * Sends the answers of the calls that have ended, then begins one. In a turn of the loop of its own: what a node left
 * in the queues before it (endless microtasks, rejections that nobody handles) strikes its own call and not the next.
 */
function turn(): void {
  turns -= 1;
  for (let done = finished.shift(); done !== undefined; done = finished.shift()) {
    answer(done.call, done.kind, done.text);
  }
  if (isRetiring || isSettling) giveAllBack();
  const next = inbox.shift();
  if (next === undefined || !mayBegin(next)) return flush();
  void run(next);
  // What was kept back goes out, also when this call waits for something.
  if (unsent.length > 0) turnSoon();
}

function turnSoon(): void {
  if (turns > 0) return;
  turns += 1;
  defer(turn);
}

/** What a call did to this process, or left in it, must not reach those that have not begun. */
function giveAllBack(): void {
  for (let next = inbox.shift(); next !== undefined; next = inbox.shift()) giveBack(next.id);
}

function giveBack(id: number): void {
  unsent.push(encodeFrame(FrameKind.returned, id));
}

/** False for a call that was given back. All that was to be sent has been written when it is true. */
function mayBegin({ id, message }: Arrival): boolean {
  const { beginBy, busyMs, mayShare } = message;
  if (!mayShare && uncompared > 0) compareAll();
  const isLate = beginBy !== null && sharedNow() > beginBy;
  if (isRetiring || isSettling || isLate) {
    giveBack(id);
    return false;
  }
  // Whatever there is to say is written before the node can block the loop.
  if (beginBy === null) {
    flush();
    return true;
  }
  unsent.push(encodeFrame(FrameKind.began, id));
  const isKept = keep(busyMs);
  if (!isKept) flush();
  // The server takes a call for not begun when no announcement was written in time. So one that was written late, or
  // still waits to be written, must be taken back.
  if ((isKept || socket.writableLength === 0) && sharedNow() <= beginBy) return true;
  giveBack(id);
  return false;
}

async function run({ id, message, body }: Arrival): Promise<void> {
  const call: Call = {
    id,
    mayShare: message.mayShare,
    cancel: createCancel(),
    loopStart: loopTime(),
    isAlone: calls.size === 0,
  };
  if (!call.isAlone) for (const other of calls.values()) other.isAlone = false;
  calls.set(id, call);
  let kind: typeof FrameKind.result | typeof FrameKind.problem = FrameKind.result;
  let text: Buffer;
  try {
    text = await outputsOf(call, message, body);
  } catch (error) {
    kind = FrameKind.problem;
    text = jsonBytes(isRefusal(error) ? fromRefusal(error) : describeThrown(error));
  }
  finished.push({ call, kind, text });
  turnSoon();
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
  const { active, idle } = loopTime(call.loopStart);
  const loop = call.isAlone ? { busyMs: active, idleMs: idle } : null;
  compareAfter(call);
  isSettling = !isRetiring && calls.size === 0 && (ready?.leftovers.find(turns) ?? null) !== null;
  unsent.push(encodeAnswer(kind, call.id, { isSettling, loop }, text));
  if (isSettling) void settle(call.id);
}

function compareAfter({ id, mayShare }: Call): void {
  if (ready === null || isRetiring) return;
  lastAnswer = id;
  uncompared += 1;
  if (!mayShare || uncompared >= MAX_UNCOMPARED) return compareAll();
  const change = ready.realm.findChange();
  if (change !== null) retire(`it changed ${change}`, id);
  else postponeCompare();
}

function compareAll(): void {
  if (ready === null || isRetiring || uncompared === 0) return;
  uncompared = 0;
  const change = ready.realm.findAnyChange();
  if (change !== null) retire(`it changed ${change}`, lastAnswer);
}

async function settle(id: number): Promise<void> {
  const left = (await ready?.leftovers.settle()) ?? null;
  isSettling = false;
  if (left !== null) retire(`it left ${left} behind`, id);
  else send(FrameKind.settled);
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
  if (owner !== undefined && calls.has(owner.id)) {
    answer(owner, FrameKind.problem, jsonBytes(problem));
    return flush();
  }
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
