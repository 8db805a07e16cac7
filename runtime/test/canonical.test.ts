import { test } from "uvu";
import * as assert from "uvu/assert";
import { canonicalJson, sha256 } from "../manifest/canonical.ts";

test("sorts keys by code unit, whatever they look like", () => {
  const value = JSON.parse('{"b": 1, "a": {"10": 1, "9": 2, "Z": 3, "__proto__": 4, "é": 5}, "c": []}');
  assert.is(
    canonicalJson(value),
    `{
  "a": {
    "10": 1,
    "9": 2,
    "Z": 3,
    "__proto__": 4,
    "é": 5
  },
  "b": 1,
  "c": []
}
`,
  );
});

test("writes what JSON.stringify writes, where both sort alike", () => {
  const value = { a: [1, "x\n\u2028", null, true, {}, [[]]], b: { c: -0.5e-7, d: "\ud800" }, e: undefined };
  assert.is(canonicalJson(value), `${JSON.stringify(value, null, 2)}\n`);
});

test("refuses what JSON would change silently", () => {
  for (const value of [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    () => 1,
    Symbol("x"),
    1n,
    undefined,
    new Date(0),
    new Map(),
  ]) {
    assert.throws(() => canonicalJson({ a: [value] }), TypeError);
  }
});

test("digests bytes as hex", () => {
  assert.is(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

test.run();
