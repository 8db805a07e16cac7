import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Fault } from "./errors.ts";

export interface NodeCall {
  /** Where the server is, such as `http://127.0.0.1:8080`; a path is kept. */
  readonly url: string;
  readonly node: string;
  readonly inputs: unknown;
  /** Asks the server for less time than the node has. */
  readonly timeoutMs?: number;
  readonly requestId?: string;
  readonly signal?: AbortSignal;
}

/** What a server says to a call. */
export type NodeAnswer =
  | { readonly status: "success"; readonly outputs: unknown; readonly executionTime: number }
  | {
      readonly status: "error";
      readonly http: number;
      readonly code: string;
      readonly message: string;
      readonly details: readonly Fault[];
      readonly requestId: string | null;
    };

/** The server cannot be reached, or what answers there is no noxus. `cause` holds the reason where there is one. */
export class NoServer extends Error {
  override readonly name = "NoServer";
}

/** Calls a node over HTTP. Throws {@link NoServer}, or the signal's reason. */
export async function callNode(call: NodeCall): Promise<NodeAnswer> {
  const { http, body } = await send("POST", `${encodeURIComponent(call.node)}/run`, call);
  if (http === 200 && "outputs" in body && typeof body.execution_time === "number")
    return { status: "success", outputs: body.outputs, executionTime: body.execution_time };
  const error = isObject(body.error) ? body.error : {};
  if (typeof error.code !== "string" || typeof error.message !== "string") throw notNoxus(call.url);
  const { code, message } = error;
  const requestId = typeof error.request_id === "string" ? error.request_id : null;
  return { status: "error", http, code, message, details: faultsOf(error.details), requestId };
}

/** The manifest of what a server serves. Throws {@link NoServer}, or the signal's reason. */
export async function fetchManifest(
  url: string,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const { http, body } = await send("GET", "manifest", { url, ...(signal === undefined ? {} : { signal }) });
  if (http !== 200 || !Array.isArray(body.nodes)) throw notNoxus(url);
  return body;
}

interface Reply {
  readonly http: number;
  readonly body: Readonly<Record<string, unknown>>;
}

// Not `fetch`: it gives up on an answer after five minutes, whatever the node may take.
async function send(
  method: "GET" | "POST",
  path: string,
  call: Pick<NodeCall, "url" | "signal" | "timeoutMs" | "requestId"> & { readonly inputs?: unknown },
): Promise<Reply> {
  const target = new URL(path, call.url.endsWith("/") ? call.url : `${call.url}/`);
  const open = target.protocol === "https:" ? httpsRequest : httpRequest;
  const text = method === "POST" ? JSON.stringify({ inputs: call.inputs }) : "";
  const headers = {
    ...(method === "POST"
      ? { "content-type": "application/json", "content-length": Buffer.byteLength(text) }
      : {}),
    ...(call.timeoutMs === undefined ? {} : { "x-timeout-ms": Math.max(1, Math.round(call.timeoutMs)) }),
    ...(call.requestId === undefined ? {} : { "x-request-id": call.requestId }),
  };
  const { signal } = call;
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { method, headers, agent: false, ...(signal === undefined ? {} : { signal }) };
      open(target, options, resolve).on("error", reject).end(text);
    });
    return { http: response.statusCode ?? 0, body: read(await collect(response), call.url) };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof NoServer) throw error;
    throw new NoServer(`nothing answers at ${call.url}: ${reasonOf(error)}`, { cause: error });
  }
}

async function collect(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer); // no encoding is set
  return Buffer.concat(parts).toString("utf8");
}

function read(text: string, url: string): Reply["body"] {
  try {
    const body: unknown = JSON.parse(text);
    if (isObject(body)) return body;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw notNoxus(url);
}

function notNoxus(url: string): NoServer {
  return new NoServer(`what answers at ${url} is no noxus server`);
}

/** A refused connection to several addresses is one error that holds the others. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}

function faultsOf(details: unknown): readonly Fault[] {
  const list: readonly unknown[] = Array.isArray(details) ? details : [];
  return list.flatMap((entry) =>
    isObject(entry) && typeof entry.path === "string" && typeof entry.message === "string"
      ? [{ path: entry.path, message: entry.message }]
      : [],
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
