/** SARIF logs of real plugins, against the official JSON Schema, and what their readers depend on. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { installIn } from "../../scripts/install.ts";
import { sarif } from "../reporters/sarif.ts";
import { closeSharedCompiler, run } from "./run.ts";
import { analysis, finding, plain, report, span } from "./samples.ts";

const folder = join(import.meta.dirname, "sarif");
const fixtures = join(import.meta.dirname, "..", "..", "compiler", "test", "fixtures");

interface Validate {
  (log: unknown): boolean;
  readonly errors?: unknown;
}
let validate: Validate = () => false;

test.before(() => {
  installIn(folder);
  const require = createRequire(join(folder, "package.json"));
  const schema: unknown = require("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
  // The schema is of draft-04, which only the Ajv that comes along with it reads.
  const own = createRequire(require.resolve("@microsoft/jest-sarif/package.json"));
  const Ajv: new (
    options: object,
  ) => {
    addMetaSchema(meta: unknown): void;
    compile(schema: unknown): Validate;
  } = own("ajv");
  const ajv = new Ajv({
    schemaId: "id",
    meta: false,
    allErrors: true,
    unknownFormats: "ignore",
    logger: false,
  });
  ajv.addMetaSchema(own("ajv/lib/refs/json-schema-draft-04.json"));
  validate = ajv.compile(schema);
});

function parse(text: string) {
  const log = JSON.parse(text);
  assert.ok(validate(log), JSON.stringify(validate.errors, null, 2));
  const [{ tool, results, originalUriBaseIds }] = log.runs;
  return { rules: tool.driver.rules, results, originalUriBaseIds };
}

test("a log of real findings is valid, explains its rules, and is the same on every run", async () => {
  const names = [
    "NX1004-misspelt-keys",
    "NX3001-fetch-through-helper",
    "NX2007-same-name",
    "NX3012-package",
    "NX1003-tab-indent",
  ];
  const paths = names.map((name) => join(fixtures, name));
  const { stdout, code } = await run(["validate", "--format", "sarif", ...paths], fixtures);
  assert.is(code, 1);
  const { rules, results } = parse(stdout);
  for (const result of results) {
    assert.is(rules[result.ruleIndex].id, result.ruleId);
    assert.is(result.locations[0].physicalLocation.artifactLocation.uriBaseId, "SRCROOT");
  }
  const rule = rules.find(({ id }: { id: string }) => id === "NX3001");
  const page = readFileSync(join(import.meta.dirname, "../../compiler/diagnostics/pages/NX3001.md"), "utf8");
  assert.is(`# NX3001 undeclared-permission\n\n${rule.help.markdown}\n`, page);
  assert.is((await run(["validate", "--format", "sarif", ...paths], fixtures)).stdout, stdout);
});

test("a call path is a code flow from the node to the API", async () => {
  const { stdout } = await run(
    ["validate", "--format=sarif", "."],
    join(fixtures, "NX3001-fetch-through-helper"),
  );
  const { results } = parse(stdout);
  const [{ locations }] = results[0].codeFlows[0].threadFlows;
  assert.ok(locations.length >= 3);
  assert.is(locations.at(-1).location.message.text, "fetch");
  assert.ok(
    locations.every((step: { location: { physicalLocation: object } }) => step.location.physicalLocation),
  );
});

test("a repair is a fix, a grant is not", () => {
  const edits = [{ file: "plugin.yaml", start: 3, end: 13, text: "permissions" }];
  const { results } = parse(
    sarif(
      report(
        analysis([
          finding({ fix: { title: "rename", kind: "safe", edits } }),
          finding({ fix: { title: "grant", kind: "grant", edits } }),
        ]),
      ),
      plain,
    ),
  );
  assert.equal(results[0].fixes, [
    {
      description: { text: "rename" },
      artifactChanges: [
        {
          artifactLocation: { uri: "plugin.yaml", uriBaseId: "SRCROOT" },
          replacements: [
            { deletedRegion: { charOffset: 3, charLength: 10 }, insertedContent: { text: "permissions" } },
          ],
        },
      ],
    },
  ]);
  assert.is(results[1].fixes, undefined);
});

test("a fingerprint follows its line through the file, and equal findings have different ones", () => {
  const at = (line: number, text: string) => finding({ span: span(line, 1, 11), frame: [{ line, text }] });
  const prints = (...findings: readonly ReturnType<typeof finding>[]): readonly string[] =>
    parse(sarif(report(analysis(findings)), plain)).results.map(
      (result: { partialFingerprints: Record<string, string> }) =>
        result.partialFingerprints["noxusFinding/v1"],
    );
  const [before] = prints(at(9, "permisions:"));
  assert.equal(prints(at(20, "  permisions:  ")), [before]);
  assert.is.not(prints(at(9, "permision:"))[0], before);
  const both = prints(at(9, "permisions:"), at(30, "permisions:"));
  assert.is(both[0], before);
  assert.is.not(both[1], before);
});

test("addresses survive blanks and signs in names, and leave the base only as absolute ones", () => {
  const uri = (file: string) =>
    parse(sarif(report(analysis([finding({ file })])), plain)).results[0].locations[0].physicalLocation
      .artifactLocation;
  assert.equal(uri("src/a b#c?:%.ts"), { uri: "src/a%20b%23c%3F%3A%25.ts", uriBaseId: "SRCROOT" });
  assert.equal(uri("src/\ud800.ts"), { uri: "src/%EF%BF%BD.ts", uriBaseId: "SRCROOT" });
  assert.equal(uri("../other/a b.ts"), { uri: "file:///plugins/other/a%20b.ts" });
});

test("the schema does refuse a log that is none", () => {
  assert.not(validate({ version: "2.1.0", runs: [{ tool: { driver: {} } }] }));
});

test.after(closeSharedCompiler);

test.run();
