import { test } from "uvu";
import * as assert from "uvu/assert";
import { pretty } from "../reporters/pretty.ts";
import type { Terminal } from "../terminal.ts";
import { analysis, finding, plain, report, span } from "./samples.ts";

const render = (parts: Parameters<typeof finding>[0], terminal: Terminal = plain) =>
  pretty(report(analysis([finding(parts)])), terminal);

test("shows place, marked line, label, help and where to read more", () => {
  assert.fixture(
    render({}),
    `error[NX1004]: unknown key \`permisions\`
  --> plugin.yaml:9:1
   |
 9 | permisions:
   | ^^^^^^^^^^ did you mean \`permissions\`?
   = help: rename it to \`permissions\`
   = more: noxus explain NX1004

✗ sentiment 0.1.0: 1 error (2 files, 2.4 s)
`,
  );
});

test("shows call path, note and related places", () => {
  const text = render({
    code: "NX3001",
    file: "src/lexicon.ts",
    span: span(108, 26, 31),
    label: null,
    note: "permissions are declared at plugin.yaml:9:1",
    related: [{ message: "first used here", file: "src/a.ts", span: span(2, 3, 4) }],
    callPath: [
      { name: "Sentiment.call", file: "src/sentiment.ts", span: span(14, 27, 31) },
      { name: "loadLexicon", file: "src/lexicon.ts", span: span(107, 1, 5) },
      { name: "fetch", file: "src/lexicon.ts", span: span(108, 26, 31) },
    ],
    frame: [
      { line: 107, text: "async function loadLexicon() {" },
      { line: 108, text: "  const response = await fetch(address);" },
    ],
  });
  assert.fixture(
    text,
    `error[NX3001]: unknown key \`permisions\`
    --> src/lexicon.ts:108:26
     |
 107 | async function loadLexicon() {
 108 |   const response = await fetch(address);
     |                          ^^^^^
     = path: Sentiment.call (src/sentiment.ts:14:27)
             -> loadLexicon (src/lexicon.ts:107:1)
             -> fetch (src/lexicon.ts:108:26)
     = note: permissions are declared at plugin.yaml:9:1
     = note: first used here (src/a.ts:2:3)
     = help: rename it to \`permissions\`
     = more: noxus explain NX3001

✗ sentiment 0.1.0: 1 error (2 files, 2.4 s)
`,
  );
});

/** The marked line and the carets below it, without the gutter. */
function marked(text: string): readonly [string, string] {
  const lines = text.split("\n");
  const index = lines.findIndex((line) => /^ *\| +\^|^ *\| \^/.test(line));
  return [lines[index - 1]?.replace(/^ *\d+ \| /, "") ?? "", lines[index]?.replace(/^ *\| /, "") ?? ""];
}

test("carets stand under wide characters and after tabs", () => {
  const line = '\tsay("日本👍", wrong)';
  const from = line.indexOf("wrong") + 1;
  const [source, carets] = marked(
    render({ label: null, span: span(9, from, from + 5), frame: [{ line: 9, text: line }] }),
  );
  assert.is(source, '    say("日本👍", wrong)');
  // 4 for the tab, 5 for `say("`, 6 for three wide characters, 3 for `", `.
  assert.is(carets, `${" ".repeat(18)}^^^^^`);
});

test("escapes what a terminal would obey, in source, message, label and path", () => {
  const evil = "a\u001b[2Jb\u202ec\u0007";
  const text = render({
    message: `unknown key \`${evil}\``,
    label: evil,
    help: evil,
    note: evil,
    file: `${evil}.ts`,
    frame: [{ line: 9, text: evil }],
  });
  assert.not.match(text, /(?!\n)\p{Cc}|\u202e/u);
  assert.match(text, "a\\x1b[2Jb\\u{202e}c\\x07");
});

test("a line break in a name cannot forge a line of the report", () => {
  const text = render({ label: "x\nerror[NX9001]: forged", help: "y\r\nforged" });
  assert.not.match(text, /^(error\[NX9001\]|forged)/m);
});

test("the further lines of a TypeScript message are indented below the first", () => {
  const text = render({
    message: "Type 'A' is not assignable to type 'B'.\n  Types of property 'x' differ.",
  });
  assert.match(
    text,
    "error[NX1004]: Type 'A' is not assignable to type 'B'.\n    Types of property 'x' differ.\n",
  );
});

test("scrolls a long line to the span, and cuts it to the terminal", () => {
  const line = `${"a".repeat(500)}WRONG${"b".repeat(500)}`;
  const text = render({ label: null, span: span(9, 501, 506), frame: [{ line: 9, text: line }] });
  const [source, carets] = marked(text);
  assert.match(source, /^…a+WRONGb+…$/);
  assert.is(source.slice(carets.indexOf("^"), carets.length), "WRONG");
  assert.ok(text.split("\n").every((row) => row.length <= plain.width));
});

test("a span longer than the terminal is marked from its beginning", () => {
  const line = `${"a".repeat(40)}${"W".repeat(300)}`;
  const [source, carets] = marked(
    render({ label: null, span: span(9, 41, 341), frame: [{ line: 9, text: line }] }),
  );
  assert.is(source[carets.indexOf("^")], "W");
  assert.is(source[carets.indexOf("^") - 1], "a");
  assert.ok(carets.length + 5 <= plain.width);
});

test("a span over several lines shows its first and last", () => {
  const text = render({
    span: span(9, 3, 4, 14),
    label: "here",
    frame: [
      { line: 8, text: "before" },
      { line: 9, text: "  call({" },
      { line: 14, text: "  })" },
    ],
  });
  assert.equal(text.split("\n").slice(2, 9), [
    "    |",
    "  8 | before",
    "  9 |   call({",
    "    |   ^^^^^^",
    "... |",
    " 14 |   })",
    "    |   ^ here",
  ]);
});

test("a finding without a place in the text shows only its file", () => {
  assert.match(render({ span: null, frame: [] }), "  --> plugin.yaml\n   = help: ");
});

test("shows fifty findings and says how many are left", () => {
  const many = Array.from({ length: 53 }, (_, index) => finding({ span: span(index + 1, 1, 2), frame: [] }));
  const text = pretty(report(analysis(many)), plain);
  assert.is(text.match(/^error\[/gm)?.length, 50);
  assert.match(text, "3 findings more: --format json lists all\n");
  assert.match(text, "53 errors");
});

test("warnings alone are neither an error nor silence", () => {
  const text = pretty(report(analysis([finding({ severity: "warning" })])), plain);
  assert.match(text, /^warning\[NX1004\]/);
  assert.match(text, "▲ sentiment 0.1.0: 0 nodes, 1 permission, 1 warning (2 files, 2.4 s)\n");
});

test("says the state in words where the terminal has no symbols", () => {
  const text = pretty(report(analysis([])), { ...plain, hasUnicode: false });
  assert.is(text, "ok sentiment 0.1.0: 0 nodes, 1 permission, no problems (2 files, 2.4 s)\n");
});

test("several plugins end with a total, paths relative to the base", () => {
  const other = analysis([finding()], { root: "/plugins/ocr", name: null, version: null });
  const text = pretty(report(analysis([]), other), plain);
  assert.match(text, "--> ../ocr/plugin.yaml:9:1\n");
  assert.match(text, "✗ ocr: 1 error (2 files, 2.4 s)\n2 plugins: 1 error (5.0 s)\n");
});

test("colours only when the terminal has them", () => {
  assert.match(render({}, { ...plain, hasColor: true }), "\u001b[1;31merror[NX1004]\u001b[0m");
});

test.run();
