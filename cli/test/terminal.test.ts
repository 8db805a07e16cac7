import { Writable } from "node:stream";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readTerminal } from "../terminal.ts";
import { columnsOf, duration, size, table, visible } from "../text.ts";

const stream = (isTTY: boolean, columns?: number) => Object.assign(new Writable(), { isTTY, columns });

test("colour follows TTY, NO_COLOR, FORCE_COLOR and TERM", () => {
  const color = (isTTY: boolean, env: Record<string, string>) => readTerminal(stream(isTTY), env).hasColor;
  assert.is(color(true, {}), true);
  assert.is(color(false, {}), false);
  assert.is(color(true, { NO_COLOR: "1" }), false);
  assert.is(color(true, { NO_COLOR: "" }), true);
  assert.is(color(true, { TERM: "dumb" }), false);
  assert.is(color(false, { FORCE_COLOR: "1" }), true);
  assert.is(color(true, { FORCE_COLOR: "0" }), false);
  assert.is(color(false, { CI: "1" }), false);
});

test("width stays between 60 and 120, and is 100 in a pipe", () => {
  assert.is(readTerminal(stream(true, 20), {}).width, 60);
  assert.is(readTerminal(stream(true, 90), {}).width, 90);
  assert.is(readTerminal(stream(true, 400), {}).width, 120);
  assert.is(readTerminal(stream(false), {}).width, 100);
});

test("nothing is interactive in CI or in a pipe", () => {
  assert.is(readTerminal(stream(true), {}).isInteractive, true);
  assert.is(readTerminal(stream(true), { CI: "true" }).isInteractive, false);
  assert.is(readTerminal(stream(true), { CI: "false" }).isInteractive, true);
  assert.is(readTerminal(stream(false), {}).isInteractive, false);
});

test("the first locale variable that is set decides the character set", () => {
  const unicode = (env: Record<string, string>) => readTerminal(stream(true), env).hasUnicode;
  assert.is(unicode({ LANG: "de_DE.UTF-8" }), true);
  assert.is(unicode({ LC_ALL: "C", LANG: "de_DE.UTF-8" }), false);
  assert.is(unicode({ LC_ALL: "", LANG: "C.utf8" }), true);
  assert.is(unicode({}), false);
});

test("columns count wide characters twice and marks not at all", () => {
  assert.is(columnsOf("abc"), 3);
  assert.is(columnsOf("日本"), 4);
  assert.is(columnsOf("e\u0301"), 1);
  assert.is(columnsOf("👨‍👩‍👧 ok"), 5);
});

test("visible leaves ordinary text alone and escapes the rest", () => {
  assert.is(visible("日本 é 👍 ok"), "日本 é 👍 ok");
  assert.is(visible("a\tb\u001b]8;;x\u0007\u0085\ud800"), "a\\tb\\x1b]8;;x\\x07\\x85\\u{d800}");
});

test("tables align by columns and leave no blanks behind", () => {
  assert.equal(
    table([
      ["日", "x"],
      ["abcd", ""],
    ]),
    ["日    x", "abcd"],
  );
});

test("amounts carry their unit", () => {
  assert.equal([310.4, 999.7, 2449].map(duration), ["310 ms", "1.0 s", "2.4 s"]);
  assert.equal([999, 4210, 999_960, 1_250_000].map(size), ["999 B", "4.2 kB", "1.0 MB", "1.3 MB"]);
});

test.run();
