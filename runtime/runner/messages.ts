/** What the server writes into frames and how it reads those of a runner, which it does not trust. */
import { type Fault, Problem } from "../errors.ts";
import type { LoadedPlugin } from "../manifest/read.ts";
import type { Call } from "./call.ts";
import { denialKinds } from "./denial.ts";
import { encodeFrame, FrameKind, HEADER_BYTES, LARGE_BYTES } from "./frames.ts";
import { type CallMessage, runnerProblemCodes, type StartMessage } from "./protocol.ts";
import { realPath } from "./real-path.ts";

export function startPayload(
  plugin: LoadedPlugin,
  { config, hasJournal }: Pick<StartMessage, "config" | "hasJournal">,
): Buffer {
  const { manifest } = plugin;
  const message: StartMessage = {
    bundlePath: realPath(plugin.bundlePath),
    validatorsPath: realPath(plugin.validatorsPath),
    export: manifest.entrypoint.export,
    plugin: { name: manifest.name, version: manifest.version },
    nodes: manifest.nodes.map((node) => ({
      name: node.name,
      class: node.class,
      inputs: node.inputs,
      input_order: node.input_order,
      takes_context: node.takes_context,
      ...(node.spreads_last === undefined ? {} : { spreads_last: node.spreads_last }),
      ...(node.revive === undefined ? {} : { revive: node.revive }),
      outputs: node.outputs,
    })),
    config,
    hasJournal,
  };
  return Buffer.from(JSON.stringify(message));
}

/** A `call` frame, in two pieces where its body is large. */
export function encodeCall(
  id: number,
  call: Call,
  terms: Pick<CallMessage, "mayShare" | "beginBy" | "busyMs">,
): readonly Buffer[] {
  const { requestId, traceparent, body } = call;
  const message: CallMessage = { node: call.node.name, requestId, traceparent, ...terms };
  const line = `${JSON.stringify(message)}\n`;
  const lineBytes = Buffer.byteLength(line);
  const isLarge = body.length >= LARGE_BYTES;
  const frame = isLarge
    ? encodeFrame(FrameKind.call, id, undefined, { gap: lineBytes, more: body.length })
    : encodeFrame(FrameKind.call, id, body, { gap: lineBytes });
  frame.write(line, HEADER_BYTES);
  return isLarge ? [frame, body] : [frame];
}

export interface RunnerProblem {
  readonly problem: Problem;
  readonly stack?: string;
  readonly denied?: string;
}

/** Null for what is no problem message. */
export function readProblem(payload: Buffer): RunnerProblem | null {
  const { code, message, details, stack, denied } = readObject(payload);
  const known = runnerProblemCodes.find((candidate) => candidate === code);
  if (known === undefined || typeof message !== "string" || !Array.isArray(details)) return null;
  const faults: Fault[] = details.map((fault) => ({
    path: textOf(fault?.path),
    message: textOf(fault?.message),
  }));
  return {
    problem: new Problem(known, message, { details: faults }),
    ...(typeof stack === "string" ? { stack } : {}),
    // A runner may say anything; only a kind of ours is kept, since each is remembered.
    ...(denialKinds.has(denied) ? { denied: String(denied) } : {}),
  };
}

/** Empty for what is no JSON object. */
export function readObject(payload: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(payload.toString());
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
