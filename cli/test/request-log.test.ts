import { test } from "uvu";
import * as assert from "uvu/assert";
import { readableLine, requestLog } from "../request-log.ts";
import { paintFor } from "../terminal.ts";
import { plain } from "./samples.ts";

const paint = paintFor(plain);
// Local time, so that the test reads the same everywhere.
const time = new Date(2026, 0, 2, 14, 3, 2).toISOString();
const line = (fields: object) => readableLine(JSON.stringify({ time, level: "info", ...fields }), paint);

test("a request is one line with status, duration and id", () => {
  const request = { msg: "request", method: "POST", path: "/a/run", request_id: "7f3c", ms: 38.4 };
  assert.is(line({ ...request, status: 200 }), "14:03:02  POST /a/run 200 38 ms  id 7f3c");
  assert.is(
    line({ ...request, status: 504, code: "timeout" }),
    "14:03:02  POST /a/run 504 timeout 38 ms  id 7f3c",
  );
});

test("what the plugin prints is shown with its fields, what the server says about itself is not", () => {
  assert.is(line({ msg: "hello", source: "stdout", node: "a", n: 1 }), "14:03:02  info  a: hello n=1");
  assert.is(line({ msg: "ready", url: "http://127.0.0.1:1" }), null);
  assert.is(
    line({ level: "error", msg: "runner did not start", failures: 2 }),
    "14:03:02  error  runner did not start failures=2",
  );
});

test("nothing that is logged can control the terminal", () => {
  assert.is(line({ msg: "\u001b[2J", source: "stdout" }), "14:03:02  info  \\x1b[2J");
  assert.is(readableLine("\u001b[2J", paint), "\\x1b[2J");
});

test("lines may arrive in pieces", () => {
  const lines: string[] = [];
  const stream = requestLog((text) => lines.push(text), paint);
  stream.write('{"a');
  stream.write("\none\ntwo");
  stream.write("\n");
  assert.equal(lines, ['{"a', "one", "two"]);
});

test.run();
