/** Every kind of bad input with what a script sees of it: the code, the place, the exit code. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { closeSharedCompiler, run } from "./run.ts";

const fixtures = fileURLToPath(new URL("../../compiler/test/fixtures", import.meta.url));

interface Case {
  readonly what: string;
  /** A fixture of the compiler, or what to put into an empty folder. */
  readonly from: string | ((folder: string) => void);
  readonly finds: readonly string[];
  readonly exit: number;
}

const config = "name: demo\nversion: 0.1.0\nentrypoint: src/index.DemoPlugin\n";

const cases: readonly Case[] = [
  { what: "plugin.yaml missing", from: () => {}, finds: ["NX1001 plugin.yaml"], exit: 2 },
  { what: "plugin.yaml empty", from: "NX1008-empty", finds: ["NX1008 plugin.yaml:1:1"], exit: 1 },
  { what: "plugin.yaml a list", from: "NX1008-list", finds: ["NX1008 plugin.yaml:1:1"], exit: 1 },
  {
    what: "5 MB of aliases",
    from: (folder) =>
      writeFileSync(join(folder, "plugin.yaml"), `${config}a: &a [x]\n${"b: [*a, *a]\n".repeat(420_000)}`),
    finds: ["NX1010 plugin.yaml"],
    exit: 1,
  },
  { what: "tabs", from: "NX1003-tab-indent", finds: ["NX1003 plugin.yaml:5:1"], exit: 1 },
  { what: "duplicate keys", from: "NX1007-twice", finds: ["NX1007 plugin.yaml:4:1"], exit: 1 },
  {
    what: "wrong types in every field",
    from: "NX1005-every-field",
    finds: [
      "NX1005 plugin.yaml:1:7",
      "NX1005 plugin.yaml:2:10",
      "NX1005 plugin.yaml:3:13",
      "NX1005 plugin.yaml:4:14",
      "NX1005 plugin.yaml:5:15",
      "NX1005 plugin.yaml:6:9",
      "NX1005 plugin.yaml:7:10",
      "NX1005 plugin.yaml:8:11",
      "NX1005 plugin.yaml:9:7",
      "NX1005 plugin.yaml:10:13",
      "NX1005 plugin.yaml:11:11",
      "NX1005 plugin.yaml:12:7",
      "NX1009 plugin.yaml:13:7",
      "NX1005 plugin.yaml:14:8",
      "NX1005 plugin.yaml:15:14",
      "NX1005 plugin.yaml:16:8",
      "NX1005 plugin.yaml:17:16",
      "NX1005 plugin.yaml:18:15",
      "NX1005 plugin.yaml:19:10",
      "NX1005 plugin.yaml:20:12",
    ],
    exit: 1,
  },
  { what: "entrypoint file missing", from: "NX2001-file", finds: ["NX2001 plugin.yaml:3:13"], exit: 1 },
  { what: "entrypoint class missing", from: "NX2002-class", finds: ["NX2002 plugin.yaml:3:13"], exit: 1 },
  { what: "default export", from: "NX2003-default", finds: ["NX2003 plugin.yaml:3:13"], exit: 1 },
  { what: "not a Plugin", from: "NX2004-plain-class", finds: ["NX2004 src/index.ts:9:14"], exit: 1 },
  { what: "two candidates", from: "NX2005-two-files", finds: ["NX2005 plugin.yaml:3:13"], exit: 1 },
  { what: "two candidate classes", from: "NX2005-two-classes", finds: ["NX2005 plugin.yaml:3:13"], exit: 1 },
  { what: "node without call", from: "NX2006-no-call", finds: ["NX2006 src/index.ts:3:14"], exit: 1 },
  { what: "duplicate node names", from: "NX2007-same-name", finds: ["NX2007 src/index.ts:18:29"], exit: 1 },
  { what: "nodes() not readable", from: "NX2008-condition", finds: ["NX2008 src/index.ts:11:12"], exit: 1 },
  {
    what: "syntax error",
    from: "NX2100-syntax-error",
    finds: ["NX2100 src/index.ts:5:29", "NX2100 src/index.ts:9:1"],
    exit: 1,
  },
  { what: "type error", from: "NX2100-type-error", finds: ["NX2100 src/index.ts:5:14"], exit: 1 },
  {
    what: "parameter no schema can describe",
    from: "NX2011-map",
    finds: ["NX2011 src/index.ts:4:15"],
    exit: 1,
  },
  {
    what: "result no schema can describe",
    from: "NX2011-result",
    finds: ["NX2011 src/index.ts:4:11"],
    exit: 1,
  },
  {
    what: "unreadable: plugin.yaml is a folder",
    from: (folder) => mkdirSync(join(folder, "plugin.yaml")),
    finds: ["NX1002 plugin.yaml"],
    exit: 2,
  },
  {
    what: "unreadable: plugin.yaml is a circle of links",
    from: (folder) => symlinkSync("plugin.yaml", join(folder, "plugin.yaml")),
    finds: ["NX1002 plugin.yaml"],
    exit: 2,
  },
  {
    what: "unreadable: not UTF-8",
    from: (folder) => writeFileSync(join(folder, "plugin.yaml"), Uint8Array.of(0x6e, 0xff)),
    finds: ["NX1002 plugin.yaml"],
    exit: 2,
  },
];

test.after(closeSharedCompiler);

for (const { what, from, finds, exit } of cases) {
  test(what, async () => {
    const folder = mkdtempSync(join(tmpdir(), "noxus-bad-"));
    try {
      if (typeof from !== "string") from(folder);
      const cwd = typeof from === "string" ? join(fixtures, from) : folder;
      const outcome = await run(["validate", "--json"], cwd);
      const report = JSON.parse(outcome.stdout) as {
        plugins: {
          diagnostics: {
            code: string;
            file: string;
            span: { start: { line: number; column: number } } | null;
          }[];
        }[];
      };
      const seen = report.plugins.flatMap((plugin) =>
        plugin.diagnostics.map(({ code, file, span }) =>
          span === null ? `${code} ${file}` : `${code} ${file}:${span.start.line}:${span.start.column}`,
        ),
      );
      assert.equal(seen, finds);
      assert.is(outcome.code, exit);
      assert.is(outcome.stderr, "");
      const human = await run(["validate"], cwd);
      assert.is(human.code, exit);
      assert.not.match(human.stdout + human.stderr, /^ +at .*:\d+:\d+/m, "a stack trace");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

test("a path that is not there, and one below a file, are usage errors", async () => {
  for (const path of ["nowhere", "cases.test.ts/below"]) {
    const outcome = await run(["validate", path], import.meta.dirname);
    assert.is(outcome.code, 2, path);
    assert.match(outcome.stderr, /^error: .*\n/);
    assert.is(outcome.stdout, "");
  }
});

test.run();
