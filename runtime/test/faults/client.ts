import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { connect, type Socket } from "node:net";
import type { ErrorBody } from "../plugin.ts";

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** `{}` where the text is no JSON object. */
  readonly json: Readonly<Record<string, unknown>> & {
    readonly error?: ErrorBody;
    readonly outputs?: Readonly<Record<string, unknown>>;
  };
}

export interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
}

export interface Client {
  /** Calls a node with JSON inputs. */
  post(node: string, inputs?: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  /** A body of its own, as JSON unless the headers say otherwise. */
  body(node: string, body: string | Uint8Array, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  send(sent: Sent): Promise<Reply>;
  /** Writes bytes on a connection of their own, and returns what comes until `end` is in it or the server closes. */
  speak(bytes: string | Buffer, end?: string): Promise<string>;
  /** A bare connection; the caller destroys it. */
  open(): Promise<Socket>;
  close(): void;
}

/** Node's own `request`, not fetch: paths and headers go out as they are given. */
export function createClient(host: string, port: number): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const json = { "content-type": "application/json" };

  function send({ method = "GET", path, headers = {}, body, signal }: Sent): Promise<Reply> {
    const reply = new Promise<Reply>((resolve, reject) => {
      const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
      const outgoing = request({
        host,
        port,
        agent,
        method,
        path,
        headers: { ...length, ...headers },
        ...(signal === undefined ? {} : { signal }),
      });
      outgoing.on("response", (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, json: objectOf(text) });
        });
      });
      outgoing.on("error", reject);
      outgoing.end(body);
    });
    // A check that has failed awaits no more of its calls, and the end of its server ends them.
    reply.catch(() => {});
    return reply;
  }

  function open(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, host, () => resolve(socket));
      socket.on("error", reject);
    });
  }

  async function speak(bytes: string | Buffer, end = ""): Promise<string> {
    const socket = await open();
    return new Promise((resolve) => {
      let answer = "";
      socket.on("data", (chunk) => {
        answer += chunk;
        if (end !== "" && answer.includes(end)) socket.destroy();
      });
      socket.on("close", () => resolve(answer));
      socket.write(bytes);
    });
  }

  const body: Client["body"] = (node, body, headers = {}) =>
    send({ method: "POST", path: `/${node}/run`, headers: { ...json, ...headers }, body });
  return {
    post: (node, inputs = {}, headers = {}) => body(node, JSON.stringify({ inputs }), headers),
    get: (path, headers = {}) => send({ path, headers }),
    body,
    send,
    speak,
    open,
    close: () => agent.destroy(),
  };
}

function objectOf(text: string): Reply["json"] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Reply["json"]) : {};
  } catch {
    return {};
  }
}
