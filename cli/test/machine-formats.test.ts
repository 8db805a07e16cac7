import { test } from "uvu";
import * as assert from "uvu/assert";
import { github } from "../reporters/github.ts";
import { json } from "../reporters/json.ts";
import { exitCodeOf } from "../reporters/report.ts";
import { unix } from "../reporters/unix.ts";
import { analysis, finding, plain, report, span } from "./samples.ts";

test("JSON has the documented shape, with paths relative to the current folder", () => {
  const step = { name: "fetch", file: "src/a.ts", line: 1, column: 2 };
  const entry = analysis(
    [
      finding({
        related: [{ message: "here", file: "src/a.ts", span: null }],
        callPath: [{ name: "fetch", file: "src/a.ts", span: span(1, 2, 7) }],
        fix: {
          title: "rename",
          kind: "safe",
          edits: [{ file: "plugin.yaml", start: 0, end: 10, text: "permissions" }],
        },
      }),
      finding({ severity: "warning" }),
    ],
    {
      root: "/plugins/other",
      permissions: {
        declared: ["network"],
        used: [{ permission: "network", nodes: ["a"], paths: [[step]] }],
        unused: [],
        unresolved: [
          { file: "src/a.ts", span: span(3, 1, 2), reason: "computed", code: "NX3003", waiver: null },
        ],
        uses: [],
      },
      nodes: [
        {
          name: "a",
          class: "ANode",
          title: "A",
          description: "",
          source: { file: "src/a.ts", span: null },
          inputs: { type: "object" },
          inputOrder: [],
          takesContext: false,
          spreadsLast: false,
          revive: [],
          outputs: { type: "object" },
          timeoutMs: 30_000,
          permissions: ["network"],
        },
      ],
    },
  );
  const first = span(9, 1, 11);
  assert.equal(JSON.parse(json(report(entry), plain)), {
    version: 1,
    tool: { name: "noxus", version: "0.1.0" },
    summary: { plugins: 1, errors: 1, warnings: 1, files: 2, ms: 5000 },
    plugins: [
      {
        name: "sentiment",
        root: "../other",
        ok: false,
        diagnostics: [
          {
            code: "NX1004",
            name: "unknown-key",
            severity: "error",
            message: "unknown key `permisions`",
            label: "did you mean `permissions`?",
            note: null,
            help: "rename it to `permissions`",
            permission: null,
            url: null,
            file: "../other/plugin.yaml",
            span: first,
            related: [{ message: "here", file: "../other/src/a.ts", span: null }],
            callPath: [{ name: "fetch", file: "../other/src/a.ts", span: span(1, 2, 7) }],
            fix: {
              title: "rename",
              kind: "safe",
              edits: [{ file: "../other/plugin.yaml", start: 0, end: 10, text: "permissions" }],
            },
          },
          {
            code: "NX1004",
            name: "unknown-key",
            severity: "warning",
            message: "unknown key `permisions`",
            label: "did you mean `permissions`?",
            note: null,
            help: "rename it to `permissions`",
            permission: null,
            url: null,
            file: "../other/plugin.yaml",
            span: first,
            related: [],
            callPath: [],
            fix: null,
          },
        ],
        nodes: [
          {
            name: "a",
            class: "ANode",
            inputs: { type: "object" },
            outputs: { type: "object" },
            permissions: ["network"],
          },
        ],
        permissions: {
          declared: ["network"],
          used: [{ permission: "network", nodes: ["a"], paths: [[{ ...step, file: "../other/src/a.ts" }]] }],
          unused: [],
          unresolved: [
            {
              file: "../other/src/a.ts",
              span: span(3, 1, 2),
              code: "NX3003",
              reason: "computed",
              waiver: null,
            },
          ],
        },
      },
    ],
  });
});

test("annotations put errors first and end with a line per plugin", () => {
  const warning = finding({ severity: "warning", code: "NX3002", name: "unused-permission", help: null });
  const text = github(report(analysis([warning, finding()])), plain);
  assert.fixture(
    text,
    "::error file=plugin.yaml,line=9,endLine=9,col=1,endColumn=11,title=NX1004 unknown-key::unknown key `permisions`%0Ahelp: rename it to `permissions`\n" +
      "::warning file=plugin.yaml,line=9,endLine=9,col=1,endColumn=11,title=NX3002 unused-permission::unknown key `permisions`\n" +
      "✗ sentiment 0.1.0: 1 error, 1 warning (2 files, 2.4 s)\n",
  );
});

test("an annotation cannot be ended or changed by what it quotes", () => {
  const text = github(
    report(
      analysis([
        finding({ file: "a,b:c%.ts", message: "100%\r\n::error::forged\u2028::x", span: null, help: null }),
      ]),
    ),
    plain,
  );
  assert.is(
    text.split("\n")[0],
    "::error file=a%2Cb%3Ac%25.ts,title=NX1004 unknown-key::100%25%0A::error::forged\\u{2028}::x",
  );
});

test("unix is one line for each finding, whatever it quotes", () => {
  const text = unix(
    report(
      analysis([
        finding(),
        finding({
          severity: "warning",
          code: "NX2100",
          file: "src/a\nb.ts",
          span: null,
          message: "one\n  two\u001b[2J",
        }),
      ]),
    ),
    plain,
  );
  assert.fixture(
    text,
    "plugin.yaml:9:1: error: unknown key `permisions` [NX1004]\n" +
      "src/a\\nb.ts:1:1: warning: one two\\x1b[2J [NX2100]\n",
  );
  assert.is(unix(report(analysis([])), plain), "");
});

test("a plugin file that cannot be read outweighs findings; warnings count beyond their limit", () => {
  const compiled = (code: "NX1001" | "NX1002" | "NX1004", severity: "error" | "warning" = "error") => ({
    analysis: analysis([finding({ code, severity })]),
    ms: 1,
  });
  assert.is(exitCodeOf([compiled("NX1004"), compiled("NX1001")]), 2);
  assert.is(exitCodeOf([compiled("NX1002")]), 2);
  assert.is(exitCodeOf([compiled("NX1004")]), 1);
  assert.is(exitCodeOf([compiled("NX1004", "warning")]), 0);
  assert.is(exitCodeOf([compiled("NX1004", "warning")], 0), 1);
  assert.is(exitCodeOf([compiled("NX1004", "warning")], 1), 0);
  assert.is(exitCodeOf([compiled("NX1004", "warning"), compiled("NX1004", "warning")], 1), 1);
  assert.is(exitCodeOf([], 0), 0);
});

test.run();
