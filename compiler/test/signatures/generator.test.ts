/**
 * ts-json-schema-generator as a second opinion, for the types that it gets right: both schemas must give the same verdict
 * on every value, TypeScript aside.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type CompletedConfig,
  createFormatter,
  createParser,
  DEFAULT_CONFIG,
  SchemaGenerator,
} from "ts-json-schema-generator";
import ts from "typescript";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { JsonSchema } from "../../../runtime/manifest/types.ts";
import { seeded } from "../adversary/random.ts";
import { meantRefusalOf } from "./exceptions.ts";
import { generate } from "./generate.ts";
import { openOracle } from "./oracle.ts";
import { compile, compileSchema, openWorkspace } from "./subject.ts";
import { mutate, nothing, sample } from "./values.ts";

/** Left out is what it gets wrong (DECISIONS.md): merged and computed types, named tuples, template literals, `typeof`. */
const simple: ReadonlySet<string> = new Set([
  "string",
  "number",
  "boolean",
  "null",
  "string literal",
  "number literal",
  "boolean literal",
  "literal union",
  "string enum",
  "object literal",
  "interface",
  "type alias",
  "extends interface",
  "array",
  "union",
  "discriminated union",
  "nullable",
  "record of strings",
  "recursive interface",
  "generic interface",
  "mapped keys",
]);
const signatureCount = 80;
const valueCount = 14;

const config: CompletedConfig = {
  ...DEFAULT_CONFIG,
  additionalProperties: false,
  expose: "none",
  topRef: false,
  skipTypeCheck: true,
  functions: "fail",
};

test("both schemas accept and refuse the same values", async () => {
  const random = seeded(3);
  const workspace = openWorkspace();
  try {
    const signatures = Array.from({ length: signatureCount }, () => generate(random, 2, { allowed: simple }));
    const oracle = openOracle(
      signatures.map((signature) => signature.twin),
      { root: workspace.root },
    );
    const compiled = await compile(
      signatures.map((signature) => signature.subject),
      workspace,
    );
    const theirs = schemasByGenerator(
      signatures.map((signature) => signature.twin.files),
      workspace.root,
    );
    const differences: string[] = [];
    let pairs = 0;
    for (const [i, signature] of signatures.entries()) {
      const [own, type, other] = [compiled[i], oracle.types[i], theirs[i]];
      if (own?.kind === "refused" && meantRefusalOf(own.messages) !== null) continue;
      if (own?.kind !== "schema" || !type || other === undefined) {
        differences.push(`no schema for ${signature.subject.declarations} ${signature.subject.parameters}`);
        continue;
      }
      const [mine, their] = [compileSchema(own.inputs), compileSchema(other)];
      for (let k = 0; k < valueCount; k++) {
        const made = sample(type, oracle.checker, random);
        if (made === nothing) continue;
        const value = k % 2 === 0 ? made : mutate(made, random);
        pairs++;
        if (mine(value) !== their(value))
          differences.push(
            `${signature.subject.declarations}\ncall(${signature.subject.parameters})\n${JSON.stringify(value)}`,
          );
      }
    }
    assert.equal(differences, []);
    assert.ok(pairs > 0.9 * signatureCount * valueCount, `${pairs} pairs`);
  } finally {
    workspace.remove();
  }
});

/** The generator's schema of each case's `Input`, over one program. */
function schemasByGenerator(
  cases: readonly Readonly<Record<string, string>>[],
  root: string,
): readonly JsonSchema[] {
  const entries = cases.map((files, i) => {
    for (const [path, text] of Object.entries(files)) {
      const file = join(root, "generator", `c${i}`, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return join(root, "generator", `c${i}`, "types.ts");
  });
  const program = ts.createProgram(entries, {
    strict: true,
    noEmit: true,
    types: [],
    lib: ["lib.es2023.d.ts"],
  });
  // The generator names the same API from another copy of the package; a test compares what they share.
  const shared = program as unknown as Parameters<typeof createParser>[0];
  const generator = new SchemaGenerator(
    shared,
    createParser(shared, config),
    createFormatter(config),
    config,
  );
  return entries.map((entry) => {
    const alias = program.getSourceFile(entry)?.statements.findLast(ts.isTypeAliasDeclaration);
    if (alias === undefined) throw new Error(`${entry} declares no type`);
    const node = alias as unknown as Parameters<SchemaGenerator["createSchemaFromNodes"]>[0][number];
    const { $schema, ...schema } = generator.createSchemaFromNodes([node]);
    return schema;
  });
}

test.run();
