/** An error with a `code`, which the caller of the node sees beside the message. */
export interface Failure extends Error {
  readonly code: string;
}

export function failure(code: string, message: string, cause?: unknown): Failure {
  return Object.assign(new Error(message, cause === undefined ? {} : { cause }), { code });
}

/** Sends one request to the one endpoint it was made for. A test gives one that sends to a server of its own. */
export type Send = (init: RequestInit) => Promise<Response>;

/**
 * Sends a JSON body with a bearer token and reads the answer's text.
 * @param service Begins the codes and messages of what is thrown: `openai`, `slack`.
 * @throws {Failure} `<service>_cancelled` when `signal` aborted, `<service>_unreachable` when no answer came.
 */
export async function post(
  send: Send,
  service: string,
  token: string,
  body: unknown,
  signal: AbortSignal,
): Promise<{ status: number; headers: Headers; text: string }> {
  try {
    const response = await send({
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json; charset=utf-8" },
      body: JSON.stringify(body),
      // A redirect would carry the token to a host that plugin.yaml does not name.
      redirect: "error",
      signal,
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    if (signal.aborted)
      throw failure(`${service}_cancelled`, `${service} did not answer before the deadline`, error);
    throw failure(`${service}_unreachable`, `${service} could not be reached: ${reason(error)}`, error);
  }
}

/** `fetch` says only "fetch failed"; what happened is in its cause. */
function reason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

/** `Retry-After` in words, in seconds or as a date (RFC 9110, section 10.2.3); empty without one. */
export function retryAfter(headers: Headers): string {
  const value = headers.get("retry-after");
  if (value === null) return "";
  return /^\d+$/.test(value) ? `; retry after ${value} s` : `; retry after ${value}`;
}

/** The value of a JSON text, or undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
