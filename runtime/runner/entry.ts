/**
 * The program of a runner process: the only place where plugin code runs. File descriptor 3 is a socket to the
 * server and carries frames; the order is start, ready, then calls one at a time.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { Socket } from "node:net";
import { createFrameReader, encodeFrame, FrameKind, MAX_RESULT_BYTES, serverToRunner } from "./frames.ts";
import { readInputs } from "./inputs.ts";
import { MAX_COUNTED, MAX_FAULTS } from "./limits.ts";
import { activatePlugin, type RunningPlugin } from "./plugin.ts";
import type { CallMessage, LogMessage, ProblemMessage, StartMessage } from "./protocol.ts";
import { Refusal } from "./refusal.ts";
import { copyResult, isJsonChanged, writeJson, writeResult } from "./result.ts";
import { describeThrown } from "./thrown.ts";
import { validate } from "./validate.ts";

interface Call {
  readonly id: number;
  readonly cancel: AbortController;
}

const MAX_LOG_TEXT = 8 * 1024;
const MAX_LOG_FIELDS = 16 * 1024;

// Node hands a runner's flags on to each Node program that it starts, by this list. What the plugin declares as a
// command is somebody else's program: it could not even read its own files under them.
process.execArgv.length = 0;

const exit = process.exit.bind(process);
const socket = new Socket({ fd: 3, readable: true, writable: true });
/** The call that a piece of asynchronous code belongs to, also after its answer. */
const calls = new AsyncLocalStorage<Call>();

let plugin: RunningPlugin | null = null;
let config: Readonly<Record<string, unknown>> = {};
let identity: StartMessage["plugin"] = { name: "", version: "" };
let current: Call | null = null;

const reader = createFrameReader(
  serverToRunner,
  (kind, id, payload) => {
    if (kind === FrameKind.start) void start(payload);
    else if (kind === FrameKind.call) void run(id, payload);
    else if (kind === FrameKind.stop) void stop();
    else if (current?.id === id) current.cancel.abort(new Error("the caller hung up"));
  },
  () => exit(1),
);
socket.on("data", (chunk) => reader.push(chunk));
// No server, no runner.
socket.on("close", () => exit(0));
socket.on("error", () => exit(1));
process.on("uncaughtException", strayError);
process.on("unhandledRejection", strayError);

function send(kind: FrameKind, id = 0, payload?: Buffer): void {
  socket.write(encodeFrame(kind, id, payload));
}

function sendJson(kind: FrameKind, id: number, value: unknown): void {
  send(kind, id, Buffer.from(writeJson(value)));
}

async function start(payload: Buffer): Promise<void> {
  try {
    const message = JSON.parse(payload.toString()) as StartMessage; // our own server wrote it
    config = Object.freeze(message.config);
    identity = message.plugin;
    plugin = await activatePlugin(message);
    send(FrameKind.ready);
  } catch (error) {
    const { message, stack } = describeThrown(error);
    sendJson(FrameKind.failed, 0, { message, stack });
  }
}

async function run(id: number, payload: Buffer): Promise<void> {
  const call: Call = { id, cancel: new AbortController() };
  current = call;
  const lineEnd = payload.indexOf("\n");
  const message = JSON.parse(payload.toString("utf8", 0, lineEnd)) as CallMessage; // our own server wrote it
  try {
    const outputs = await invoke(call, message, payload.subarray(lineEnd + 1));
    answer(call, () => send(FrameKind.result, id, outputs));
  } catch (error) {
    const problem = error instanceof Refusal ? fromRefusal(error) : describeThrown(error);
    answer(call, () => sendJson(FrameKind.problem, id, problem));
  }
}

async function invoke(call: Call, message: CallMessage, body: Buffer): Promise<Buffer> {
  const node = plugin?.nodes.get(message.node);
  if (node === undefined) throw new Error(`node ${message.node} is not in this runner`);
  const inputs = readInputs(body);
  const faults = validate(node.validators.inputs, node.schemas.inputs, inputs, "/inputs");
  if (faults.length > 0) throw new Refusal("input_invalid", faultCount(faults.length, "inputs"), faults);
  const values = node.inputOrder.map((name) => (Object.hasOwn(inputs, name) ? inputs[name] : undefined));
  if (node.takesContext) values.push(contextOf(call, message));
  const result = await calls.run(call, async () => node.call(values));
  const outputs = copyResult(result);
  const wrong = validate(node.validators.outputs, node.schemas.outputs, outputs, "/outputs");
  if (wrong.length > 0) throw new Refusal("output_invalid", faultCount(wrong.length, "outputs"), wrong);
  return writeResult(outputs, MAX_RESULT_BYTES);
}

function contextOf(call: Call, message: CallMessage): object {
  const line = (level: LogMessage["level"]) => (text: unknown, fields?: unknown) => {
    sendJson(FrameKind.log, call.id, logLine(level, text, fields));
  };
  return {
    requestId: message.requestId,
    traceparent: message.traceparent,
    node: message.node,
    plugin: identity,
    config,
    signal: call.cancel.signal,
    log: { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") },
  };
}

/** A line that surely fits a frame: what cannot be written says so in its place. */
function logLine(level: LogMessage["level"], text: unknown, fields: unknown): LogMessage {
  const message = String(text).slice(0, MAX_LOG_TEXT);
  if (fields === undefined) return { level, message };
  try {
    const size = JSON.stringify(fields)?.length ?? 0;
    if (size <= MAX_LOG_FIELDS) return { level, message, fields };
    return {
      level,
      message,
      fields: { dropped: `${size} characters of fields, more than ${MAX_LOG_FIELDS}` },
    };
  } catch (error) {
    return { level, message, fields: { dropped: describeThrown(error).message } };
  }
}

/** Sends a call's answer, unless an earlier error has answered it already. A changed realm serves no further call. */
function answer(call: Call, write: () => void): void {
  if (current !== call) return;
  current = null;
  if (isJsonChanged()) send(FrameKind.retiring);
  write();
}

/**
 * An error outside of any promise that somebody waits for. It ends the call it comes from and no other; the runner
 * is replaced after its present call, since nobody knows what the error left undone.
 */
function strayError(thrown: unknown): void {
  const call = calls.getStore();
  send(FrameKind.retiring);
  const problem = describeThrown(thrown);
  if (call !== undefined && call === current) {
    answer(call, () => sendJson(FrameKind.problem, call.id, problem));
    return;
  }
  const fields = problem.stack === undefined ? {} : { stack: problem.stack };
  sendJson(
    FrameKind.log,
    call?.id ?? 0,
    logLine("error", `error outside of a call: ${problem.message}`, fields),
  );
}

async function stop(): Promise<void> {
  try {
    await plugin?.deactivate();
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

function faultCount(count: number, what: string): string {
  const faults =
    count === 1 ? "1 fault" : count > MAX_COUNTED ? `more than ${MAX_COUNTED} faults` : `${count} faults`;
  return `${what} do not fit the schema: ${faults}`;
}
