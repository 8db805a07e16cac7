/** Comparing two versions: what each change asks for, that every witness is one, and that "no difference" is proven. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type AnySchema } from "ajv";
import addFormats, { type FormatsPlugin } from "ajv-formats";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { JsonSchema, Manifest } from "../../runtime/manifest/types.ts";
import { type Compatibility, compareManifests } from "../compat/compare.ts";
import { both, literal, not, shortestWord } from "../compat/language.ts";
import { languageOfPattern } from "../compat/pattern.ts";
import { type Bump, isEnough, leastVersion, parseVersion } from "../compat/semver.ts";
import { compareSchemas } from "../compat/witness.ts";
import { codes } from "../diagnostics/codes.ts";
import { type Random, seeded } from "./adversary/random.ts";
import { manifest } from "./compat/sketch.ts";
import { table } from "./compat/table.ts";

function compared(old: Manifest, now: Manifest): Compatibility {
  const result = compareManifests(old, now);
  if ("badVersion" in result) throw new Error(`${result.badVersion} is no version`);
  return result;
}

/** ajv as the built validators use it, made anew: nothing is shared with what is tested. */
function validator(schema: JsonSchema): (value: unknown) => boolean {
  const ajv = new Ajv({
    allErrors: true,
    useDefaults: true,
    strict: true,
    allowUnionTypes: true,
    strictTuples: false,
  });
  (addFormats as unknown as FormatsPlugin)(ajv);
  const validate = ajv.compile(schema as AnySchema);
  return (value) => validate(structuredClone(value)) === true;
}

const results = table.map(([change, old, now]) => {
  const [before, after] = [manifest(old, "1.2.3"), manifest(now, "9.0.0")];
  return { change, before, after, result: compared(before, after) };
});

test("each of many changes asks for the right version, and is shown by a value", () => {
  const file = join(import.meta.dirname, "compat", "expected.txt");
  const lines = results.flatMap(({ change, result }) => [
    `${change}: ${result.needed}`,
    ...result.changes.map(({ code, message, witness, bump }) => {
      const shown =
        witness === null ? "" : `; ${witness.acceptedBy} accepts ${JSON.stringify(witness.value)}`;
      return `  ${code} ${bump}: ${message}${shown}`;
    }),
  ]);
  const text = `${lines.join("\n")}\n`;
  if (process.env.UPDATE === "1") writeFileSync(file, text);
  assert.fixture(text, readFileSync(file, "utf8"));
  assert.ok(table.length >= 40);
});

test("ajv tells every witness apart, as the message says", () => {
  let seen = 0;
  for (const { change, before, after, result } of results)
    for (const { witness, part, node } of result.changes) {
      if (witness === null || part === null || part === "configuration") continue;
      const schemaOf = ({ nodes }: Manifest): JsonSchema =>
        nodes.find(({ name }) => name === node)?.[part] ?? { not: {} };
      const isAcceptedBy = { old: validator(schemaOf(before)), new: validator(schemaOf(after)) };
      const other = witness.acceptedBy === "old" ? "new" : "old";
      assert.ok(
        isAcceptedBy[witness.acceptedBy](witness.value),
        `${change}: ${JSON.stringify(witness.value)}`,
      );
      assert.not(isAcceptedBy[other](witness.value), `${change}: ${JSON.stringify(witness.value)}`);
      seen += 1;
    }
  assert.ok(seen > 50);
});

test("every code of the family has a row that reports it", () => {
  const found = new Set(results.flatMap(({ result }) => result.changes.map(({ code }) => code)));
  const low = compared(manifest({ name: "a" }, "1.0.0"), manifest({ name: "b" }, "1.0.1"));
  const family = Object.keys(codes).filter((code) => code.startsWith("NX5"));
  const reported = new Set<string>([...found, ...low.changes.map(({ code }) => code)]);
  assert.equal(
    family.filter((code) => !reported.has(code)),
    [],
  );
});

test("the version decides: what is enough for a breaking change", () => {
  const rows: readonly (readonly [old: string, now: string, needed: Bump, isEnough: boolean])[] = [
    ["1.2.3", "2.0.0", "major", true],
    ["1.2.3", "1.3.0", "major", false],
    ["1.2.3", "1.3.0", "minor", true],
    ["1.2.3", "1.2.4", "minor", false],
    ["1.2.3", "1.2.4", "patch", true],
    ["1.2.3", "1.2.3", "patch", false],
    ["1.2.3", "1.2.3", "none", true],
    ["1.2.3", "1.2.2", "none", false],
    ["1.9.0", "1.10.0", "minor", true],
    ["0.2.3", "0.3.0", "major", true],
    ["0.2.3", "0.2.4", "major", false],
    ["0.2.3", "0.2.4", "minor", true],
    ["0.0.3", "0.0.4", "major", true],
    ["0.9.0", "1.0.0", "major", true],
    ["1.2.3", "2.0.0-beta.1", "major", true],
    ["2.0.0-beta.2", "2.0.0-beta.10", "major", true],
    ["2.0.0-beta.2", "2.0.0-beta.1", "patch", false],
    ["2.0.0-beta.2", "2.0.0", "major", true],
    ["1.0.0+a", "1.0.0+b", "patch", false],
  ];
  for (const [old, now, needed, expected] of rows) {
    const [before, after] = [parseVersion(old), parseVersion(now)];
    if (before === null || after === null) return assert.unreachable(`${old} ${now}`);
    assert.is(isEnough(before, after, needed), expected, `${old} -> ${now} for ${needed}`);
    const least = parseVersion(leastVersion(before, needed));
    assert.ok(least !== null && isEnough(before, least, needed), `${old}: least for ${needed}`);
  }
  assert.is(parseVersion("01.0.0"), null);
});

test("a version that announces too little is an error that names the least one", () => {
  const [old, now] = [manifest({ name: "a" }, "1.4.0"), manifest({ name: "b" }, "1.5.0")];
  const { isEnough, changes, least } = compared(old, now);
  assert.equal(
    [isEnough, least, changes[0]?.code, changes[0]?.severity],
    [false, "2.0.0", "NX5011", "error"],
  );
  assert.ok(compared(old, { ...now, version: "2.0.0" }).isEnough);
});

test("patterns mean the same as in JavaScript", () => {
  const random = seeded(11);
  const patterns = [
    "^[a-c]+$",
    "a|bc",
    "^(?:ab|c)*$",
    "^a{2,3}b?$",
    "[^a]$",
    "^\\d+[.]\\d{2}$",
    "^.$",
    "\\s",
    "^\\w-\\W$",
    "^(?<name>a|b)c$",
    "^[\\x61-\\u0063]{2}$",
    "^\\u{1F600}?a$",
    "^a.*?b$",
    "^$",
    "^[-a]+$",
    "",
  ];
  for (const pattern of patterns) {
    const language = languageOfPattern(pattern);
    if (language === null) return assert.unreachable(pattern);
    const word = shortestWord(language);
    assert.ok(typeof word === "string" && new RegExp(pattern, "u").test(word), `${pattern}: ${word}`);
    for (let round = 0; round < 100; round++) {
      const text = Array.from({ length: random.below(5) }, () => random.pick([..."abc-1. \n😀"])).join("");
      const isIn = shortestWord(both(literal(text), language)) !== null;
      assert.is(isIn, new RegExp(pattern, "u").test(text), `${pattern} on ${JSON.stringify(text)}`);
      const isOut = shortestWord(both(literal(text), not(language))) !== null;
      assert.is(isOut, !isIn, `${pattern} and its complement on ${JSON.stringify(text)}`);
    }
  }
  for (const pattern of ["(?=a)", "(a)\\1", "\\ba", "(^a|b)", "\\p{L}", "a**"])
    assert.is(languageOfPattern(pattern), null, pattern);
});

/** Pairs in a usual run; ROUNDS asks for more. */
const rounds = Number(process.env.ROUNDS ?? 60);

/** Schemas over few names and small values, so that a few hundred values reach most of their corners. */
function schemaOf(random: Random, depth: number): JsonSchema {
  const inner = (): JsonSchema => schemaOf(random, depth - 1);
  const some = (keyword: string, values: readonly unknown[]): JsonSchema =>
    random.chance(0.4) ? { [keyword]: random.pick(values) } : {};
  const kinds: readonly (() => JsonSchema)[] = [
    () => ({
      type: "string",
      ...some("minLength", [1, 2]),
      ...some("maxLength", [1, 2, 3]),
      ...some("pattern", ["^a", "b$", "^[ab]*$", "^(?=a)"]),
    }),
    () => ({
      type: random.pick(["number", "integer"]),
      ...some("minimum", [0, 1]),
      ...some("exclusiveMaximum", [1, 2]),
      ...some("multipleOf", [0.5, 2]),
    }),
    () => ({ enum: random.pick([["a", "b"], ["a", 1, null], [true], [0, 1, 2]]) }),
    () => ({ type: random.pick([["string", "null"], ["boolean"], ["number", "string"]]) }),
    () => ({ $ref: `#/definitions/${random.pick(["A", "B"])}` }),
    () => ({
      type: "array",
      items: inner(),
      ...some("minItems", [1, 2]),
      ...some("maxItems", [1, 2]),
      ...some("uniqueItems", [true]),
    }),
    () => ({
      type: "array",
      items: [inner(), inner()],
      ...some("additionalItems", [false, true]),
      ...some("minItems", [1, 2]),
    }),
    () => ({
      type: "object",
      properties: { a: inner(), ...(random.chance(0.5) ? { b: inner() } : {}) },
      ...some("required", [["a"], ["a", "b"]]),
      ...some("additionalProperties", [false, { type: "string" }]),
      ...some("patternProperties", [{ "^a": { type: "string" } }, { b$: { type: "number" } }]),
      ...some("maxProperties", [1, 2]),
    }),
    () => ({ [random.pick(["anyOf", "oneOf", "allOf"])]: [inner(), inner()] }),
    () => ({
      oneOf: [1, 2].map((kind) => ({
        type: "object",
        properties: { kind: { const: kind }, a: inner() },
        required: ["kind"],
      })),
    }),
    () => ({ ...inner(), not: { const: random.pick(["a", 0]) } }),
  ];
  return random.pick(depth > 0 ? kinds : kinds.slice(0, 5))();
}

/** The schema with one part made anew. */
function changed(schema: JsonSchema, random: Random): JsonSchema {
  const parts = Object.entries(schema).filter(([, value]) => typeof value === "object" && value !== null);
  if (parts.length === 0 || random.chance(0.3)) {
    const { minLength: _, maximum: __, ...rest } = schema;
    return random.chance(0.5)
      ? schemaOf(random, 1)
      : { ...rest, ...(schema.type === "string" ? { maxLength: 2 } : {}) };
  }
  const [key, value] = random.pick(parts);
  if (key === "enum") return { enum: ["a", "b", 1] };
  if (Array.isArray(value))
    return {
      ...schema,
      [key]: value.map((part: unknown) => (isObject(part) ? changed(part, random) : part)),
    };
  if (key === "properties" && isObject(value)) {
    const name = random.pick(Object.keys(value));
    const part = value[name];
    return { ...schema, properties: { ...value, [name]: isObject(part) ? changed(part, random) : {} } };
  }
  return { ...schema, ...(key === "items" && isObject(value) ? { items: changed(value, random) } : {}) };
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function valueAt(random: Random, depth: number): unknown {
  const plain = random.pick<unknown>([
    "",
    "a",
    "b",
    "ab",
    "bab",
    "ccc",
    0,
    0.5,
    1,
    1.5,
    2,
    -1,
    4,
    true,
    false,
    null,
  ]);
  if (depth === 0 || random.chance(0.4)) return plain;
  if (random.chance(0.4)) return Array.from({ length: random.below(4) }, () => valueAt(random, depth - 1));
  const names = ["a", "b", "kind", "ab", "z"].filter(() => random.chance(0.4));
  return Object.fromEntries(
    names.map((name) => [name, name === "kind" ? random.pick([1, 2]) : valueAt(random, depth - 1)]),
  );
}

test("schemas said to accept no more do so: tried on many values", () => {
  const random = seeded(5);
  const values = Array.from({ length: 600 }, () => valueAt(random, 3));
  const counts = { contained: 0, shown: 0, unproven: 0 };
  const loose = { strict: false, logger: false } as const;
  for (let round = 0; round < rounds; round++) {
    const definitions = { A: schemaOf(random, 1), B: schemaOf(random, 0) };
    if (JSON.stringify(definitions).includes("$ref"))
      definitions.A = { type: "object", properties: { a: { $ref: "#/definitions/A" } } };
    if (JSON.stringify(definitions.B).includes("$ref"))
      definitions.B = { type: "array", items: { $ref: "#/definitions/A" } };
    const wide: JsonSchema = { ...schemaOf(random, 2), definitions };
    const { definitions: _, ...plain } = wide;
    const narrow: JsonSchema = { ...changed(plain, random), definitions };
    const isWide = new Ajv(loose).compile(wide);
    const isNarrow = new Ajv(loose).compile(narrow);
    const told = compareSchemas(wide, narrow);
    const pair = () => `seed 5, round ${round}: ${JSON.stringify(wide)} in ${JSON.stringify(narrow)}`;
    if (told.kind === "given-up") {
      counts.unproven += 1;
      continue;
    }
    if (told.findings.length === 0) {
      counts.contained += 1;
      for (const value of values)
        assert.ok(!isWide(value) || isNarrow(value), `${pair()} for ${JSON.stringify(value)}`);
    }
    for (const { witness } of told.findings) {
      if (witness === null) counts.unproven += 1;
      else {
        counts.shown += 1;
        assert.ok(
          isWide(witness.value) && !isNarrow(witness.value),
          `${pair()} by ${JSON.stringify(witness.value)}`,
        );
      }
    }
  }
  if (process.env.ROUNDS !== undefined) console.log(counts);
  assert.ok(counts.contained > rounds / 10 && counts.shown > rounds / 10, JSON.stringify(counts));
});

test.run();
