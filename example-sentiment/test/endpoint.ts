import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { Send } from "../src/request.ts";

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a string as it is. */
  readonly body: unknown;
}

/**
 * Runs `use` against an HTTP server on a loopback port. `send` sends what a client would have sent to `endpoint`, path
 * and all, to that server instead. A `reply` of null leaves the request unanswered.
 */
export async function withEndpoint(
  endpoint: string,
  reply: (request: Received) => Reply | null,
  use: (send: Send, received: readonly Received[]) => Promise<void>,
): Promise<void> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = "", url: path = "", headers } = request;
    const entry = { method, path, headers, body: JSON.parse(Buffer.concat(chunks).toString("utf8")) };
    received.push(entry);
    const answer = reply(entry);
    if (answer === null) return;
    response.writeHead(answer.status ?? 200, { "content-type": "application/json", ...answer.headers });
    response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = new URL(new URL(endpoint).pathname, `http://127.0.0.1:${port}`);
  try {
    await use((init) => fetch(url, init), received);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** What `run` throws; fails when it throws nothing. */
export async function thrown(run: () => Promise<unknown>): Promise<Error & { readonly code?: unknown }> {
  try {
    await run();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("nothing was thrown");
}
