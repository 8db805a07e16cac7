import * as assert from "uvu/assert";
import type { Reply } from "./client.ts";
import { descendants, type Target } from "./target.ts";

/** The call was answered with outputs, and these are they. */
export function succeeded(reply: Reply, outputs?: Readonly<Record<string, unknown>>): void {
  assert.is(reply.status, 200, reply.text.slice(0, 500));
  assert.is(reply.json.status, "success");
  if (outputs !== undefined) assert.equal(reply.json.outputs, outputs);
}

/** The one shape of errors, with this code and status. */
export function refused(reply: Reply, status: number, code: string): void {
  assert.is(reply.json.error?.code, code, reply.text.slice(0, 500));
  assert.is(reply.status, status, reply.text.slice(0, 500));
  const { error, execution_time, ...rest } = reply.json;
  assert.equal(rest, { status: "error" });
  assert.type(execution_time, "number");
  assert.equal(Object.keys(error ?? {}), ["code", "message", "details", "request_id"]);
  assert.ok(error !== undefined && error.message.length > 0 && error.message.length <= 2000, error?.message);
  assert.ok(Array.isArray(error?.details));
  assert.is(reply.headers["x-request-id"], error?.request_id);
  assert.is(reply.headers["content-type"], "application/json; charset=utf-8");
  assert.not.match(reply.text, /\n\s+at |node:internal|\.mjs/, "a stack or a path of the server's is shown");
}

/** Refused with `input_invalid`, and each of these JSON pointers is told. */
export function faultsAt(reply: Reply, ...paths: readonly string[]): void {
  refused(reply, 422, "input_invalid");
  assert.equal(reply.json.error?.details.map(({ path }) => path).sort(), [...paths].sort(), reply.text);
}

/** Waits until `isTrue`, at most 20 s. */
export async function until(isTrue: () => boolean | Promise<boolean>, what = "it"): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error(`waited 20 s in vain for ${what}`);
    // Not worth living for: a check that was given up must not keep the process.
    await new Promise((resolve) => setTimeout(resolve, 15).unref());
  }
}

/** Work that goes on beside the check, which awaits it in the end, or has failed before. */
export function beside<Result>(work: Promise<Result>): Promise<Result> {
  work.catch(() => {});
  return work;
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until a line of the server's log fits. */
export async function logged(
  target: Target,
  fits: (line: ReturnType<Target["lines"]>[number]) => boolean,
  what = "a log line",
): Promise<ReturnType<Target["lines"]>[number]> {
  await until(() => target.lines().some(fits), what);
  const line = target.lines().find(fits);
  if (line === undefined) throw new Error("a log line went away");
  return line;
}

/** Runners that wait for a call, by the server's own word. */
export async function idleRunners(target: Target): Promise<number> {
  const { runners } = (await target.get("/status")).json as { readonly runners?: { readonly idle?: number } };
  return runners?.idle ?? 0;
}

export function processesOf(target: Target): number {
  return descendants(target.pid).length;
}
