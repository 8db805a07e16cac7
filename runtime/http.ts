import { createServer, type RequestListener, type Server, STATUS_CODES } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { Problem, StartError } from "./errors.ts";
import type { Log } from "./log.ts";
import { JSON_TYPE, problemBody } from "./middleware/context.ts";
import { newRequestId } from "./middleware/request-id.ts";

/** An HTTP server with limits for slow and oversized clients. What is no HTTP at all gets the one error body too. */
export function createHttpServer(handle: RequestListener, bodyLimit: number, log: Log): Server {
  /** Connections in the middle of an answer. */
  const answering = new WeakSet<Duplex>();
  const handleOne: RequestListener = (req, res) => {
    answering.add(req.socket);
    res.once("close", () => answering.delete(req.socket));
    handle(req, res);
  };
  const server = createServer(
    {
      headersTimeout: 20_000,
      requestTimeout: 60_000,
      connectionsCheckingInterval: 2_000,
      // Longer than a proxy in front keeps its connections, or that one sends into a closed socket: random 502s.
      keepAliveTimeout: 75_000,
      maxHeaderSize: 16 * 1024,
    },
    handleOne,
  );
  server.on("checkContinue", (req, res) => {
    if (!(Number(req.headers["content-length"] ?? 0) > bodyLimit)) res.writeContinue();
    handleOne(req, res);
  });
  server.on("checkExpectation", handleOne);
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    // Gone, or in the middle of an answer, which must not go on with another one.
    if (error.code === "ECONNRESET" || !socket.writable || answering.has(socket)) socket.destroy();
    else refuse(error, socket, log);
  });
  return server;
}

/** Answers what Node's parser has refused; the connection cannot be used again. */
function refuse(error: NodeJS.ErrnoException, socket: Duplex, log: Log): void {
  const problem = problemOf(error);
  const requestId = newRequestId();
  const body = problemBody(problem, requestId, 0);
  log.warn("request refused", {
    request_id: requestId,
    status: problem.status,
    code: problem.code,
    why: error.code,
  });
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      `content-type: ${JSON_TYPE}`,
      `content-length: ${Buffer.byteLength(body)}`,
      `x-request-id: ${requestId}`,
      "connection: close",
      "",
      body,
    ].join("\r\n"),
  );
}

function problemOf({ code }: NodeJS.ErrnoException): Problem {
  if (code === "HPE_HEADER_OVERFLOW") {
    return new Problem("headers_too_large", "the request's headers have more than 16 KiB");
  }
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return new Problem("request_timeout", "the request did not arrive in time");
  }
  return new Problem("bad_request", "this is not HTTP/1.1");
}

/** Throws a {@link StartError}. */
export async function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === "EADDRINUSE";
      const message = isTaken
        ? `port ${port} is in use`
        : `cannot listen on ${host}, port ${port}: ${error.message}`;
      reject(new StartError(isTaken ? "port_in_use" : "listen_failed", message, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
  server.removeAllListeners("error");
  return server.address() as AddressInfo; // a TCP server that listens has one
}
