import type { IncomingMessage } from "node:http";
import { Problem } from "../errors.ts";
import type { RequestContext } from "./context.ts";

/** How long the rest of a body that is too large is read and dropped, ms. */
const DRAIN_MS = 1000;

/**
 * The request's body, as bytes. Throws a Problem for a body that is empty, is not declared as JSON, is compressed, or
 * has more than `limit` bytes; the last is noticed before reading where the length is declared.
 */
export async function readBody(ctx: RequestContext, limit: number): Promise<Buffer> {
  const { req } = ctx;
  const declared = Number(ctx.get("content-length") || "0");
  const hasBody = declared > 0 || ctx.get("transfer-encoding") !== "";
  if (!hasBody) throw empty();
  checkHeaders(ctx);
  if (declared > limit) {
    // Who asked with "Expect: 100-continue" has sent nothing yet.
    if (ctx.get("expect") === "") await drain(req);
    throw tooLarge(limit);
  }
  const chunks: Buffer[] = [];
  let size = 0;
  await new Promise<void>((resolve, reject) => {
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      ctx.state.bytesIn = size;
      if (size <= limit) {
        chunks.push(chunk);
        return;
      }
      req.off("data", onData);
      void drain(req).then(() => reject(tooLarge(limit)));
    };
    req.on("data", onData);
    req.once("end", resolve);
    // The caller is gone before its body was complete; this answer reaches nobody.
    req.once("error", () => reject(new Problem("invalid_json", "the body ended early")));
  });
  if (size > limit) throw tooLarge(limit);
  if (size === 0) throw empty();
  return Buffer.concat(chunks, size);
}

function checkHeaders(ctx: RequestContext): void {
  const expectation = ctx.get("expect").toLowerCase();
  if (expectation !== "" && expectation !== "100-continue") {
    throw new Problem("expectation_failed", "the only expectation met is 100-continue", {
      headers: { Connection: "close" },
    });
  }
  const encoding = ctx.get("content-encoding");
  if (encoding !== "" && encoding.toLowerCase() !== "identity") {
    throw new Problem(
      "unsupported_media_type",
      `Content-Encoding ${encoding.slice(0, 50)} is not read; send the body as it is`,
    );
  }
  const [type = "", ...parameters] = ctx.get("content-type").toLowerCase().split(";");
  const charset = parameters.map((text) => text.trim()).find((text) => text.startsWith("charset="));
  if (type.trim() !== "application/json" || (charset !== undefined && !/^charset="?utf-8"?$/.test(charset))) {
    throw new Problem("unsupported_media_type", "Content-Type must be application/json, in UTF-8");
  }
}

/**
 * Reads on for a moment and keeps nothing. An answer sent while the caller still writes is lost to it: the closed
 * socket resets the connection, and the caller sees that instead.
 */
function drain(req: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, DRAIN_MS);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    req.once("end", done);
    req.once("error", done);
    req.resume();
  });
}

function empty(): Problem {
  return new Problem("invalid_json", 'the body is empty; send {"inputs": {...}}');
}

function tooLarge(limit: number): Problem {
  // The rest of the body may still be on its way, so the connection cannot be used again.
  return new Problem("payload_too_large", `the body has more than ${limit} bytes`, {
    headers: { Connection: "close" },
  });
}
