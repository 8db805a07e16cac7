import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import ts from "typescript";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type JsonSchema,
  loadPlugin,
  type Manifest,
  ManifestError,
  StartError,
  startServer,
} from "../index.ts";
import { canonicalJson, manifestDigest, sha256 } from "../manifest/canonical.ts";
import { check } from "../manifest/check.ts";
import { temporaryFolder } from "./folders.ts";
import { collectLog, type PluginSource, until, writePlugin } from "./plugin.ts";

const schema = JSON.parse(readFileSync(new URL("../manifest/manifest.schema.json", import.meta.url), "utf8"));
const source: PluginSource = { nodes: { Ok: { inputs: { text: { type: "string" } }, call: "return {};" } } };

const read = (path: string): Manifest => JSON.parse(readFileSync(path, "utf8"));

async function refused(path: string): Promise<ManifestError> {
  try {
    await loadPlugin(path);
  } catch (error) {
    if (error instanceof ManifestError) return error;
    throw error;
  }
  throw new Error("it was loaded");
}

test("loads what belongs together", async () => {
  const path = writePlugin(source);
  const plugin = await loadPlugin(path);
  assert.is(plugin.manifest.name, "sample");
  assert.is(plugin.manifestPath, path);
  assert.is(plugin.bundlePath, join(path, "../bundle.mjs"));
});

for (const file of ["bundle.mjs", "validators.mjs"]) {
  test(`refuses another ${file}`, async () => {
    const path = writePlugin(source);
    const changed = join(path, "..", file);
    writeFileSync(changed, `${readFileSync(changed, "utf8")}\n`);
    const error = await refused(path);
    assert.is(error.code, "digest_mismatch");
    assert.ok(error.message.includes(changed));
    rmSync(changed);
    assert.is((await refused(path)).code, "manifest_missing");
  });
}

test("refuses a manifest that was edited", async () => {
  const path = writePlugin(source);
  writeFileSync(path, canonicalJson({ ...read(path), timeout_ms: 1 }));
  assert.is((await refused(path)).code, "digest_mismatch");
});

test("refuses a manifest that is missing, no JSON, or of another format", async () => {
  const path = join(temporaryFolder(), "manifest.json");
  assert.is((await refused(path)).code, "manifest_missing");
  for (const text of ["", "{", "[]", "null", '{"schema_version": 2}']) {
    writeFileSync(path, text);
    assert.is((await refused(path)).code, "manifest_invalid", text);
  }
});

test("refuses a bundle outside of the manifest's folder", async () => {
  const path = writePlugin(source);
  for (const bundlePath of [
    "../bundle.mjs",
    "/etc/passwd",
    "a/../../b.mjs",
    "./bundle.mjs",
    "..",
    "C:\\b.mjs",
  ]) {
    const { digest: _digest, ...manifest } = {
      ...read(path),
      bundle: { path: bundlePath, sha256: sha256("") },
    };
    writeFileSync(path, canonicalJson({ ...manifest, digest: manifestDigest(manifest) }));
    assert.is((await refused(path)).code, "manifest_invalid", bundlePath);
  }
});

test("lets no runner import a file that changed after it was read", async () => {
  const path = writePlugin(source);
  const plugin = await loadPlugin(path);
  writeFileSync(plugin.bundlePath, "export class SamplePlugin { nodes() { process.exit(9); } }\n");
  const log = collectLog();
  try {
    await startServer({ plugin, env: {}, log: log.stream });
    assert.unreachable();
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    assert.match(error.message, /was changed after the server read it/);
  }
  await until(() => log.lines().length > 0);
});

/** The manifest with one thing wrong, each. */
const wrong: readonly [name: string, change: Record<string, unknown>][] = [
  ["an unknown key", { extra: 1 }],
  ["a missing key", { nodes: undefined }],
  ["a wrong type", { version: 1 }],
  ["a value outside its list", { type: "lambda" }],
  ["another format version", { schema_version: 2 }],
  ["a name with capitals", { name: "Sample" }],
  ["a name that is too long", { name: "x".repeat(64) }],
  ["a timeout of nothing", { timeout_ms: 0 }],
  ["a fractional timeout", { timeout_ms: 1.5 }],
  ["a short digest", { digest: "abc" }],
  ["an absolute source", { sources: [{ path: "/home/a.ts", sha256: sha256("") }] }],
  ["a node without a name", { nodes: [{}] }],
  [
    "an unknown key far inside",
    { compiler: { name: "noxus", version: "1", esbuild: "1", typescript: "1", os: "x" } },
  ],
  ["a configuration field without a type", { configuration: { key: { required: true } } }],
  ["an unknown default", { configuration: { key: { type: "string", required: true, default: null } } }],
];

test("its small checker agrees with ajv", () => {
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
  const validate = ajv.compile(schema);
  const valid = read(writePlugin(source));
  assert.equal(check(schema, valid), []);
  assert.ok(validate(valid), ajv.errorsText(validate.errors));
  for (const [name, change] of wrong) {
    const value = JSON.parse(JSON.stringify({ ...valid, ...change }));
    assert.not(validate(value), name);
    // ajv names the object of a missing or unknown key, this names the key.
    const paths = (validate.errors ?? []).map(({ instancePath, params }) => {
      const key = params.missingProperty ?? params.additionalProperty;
      return key === undefined ? instancePath : `${instancePath}/${key}`;
    });
    assert.equal(
      check(schema, value)
        .map((fault) => fault.path)
        .sort(),
      paths.sort(),
      name,
    );
  }
});

test("its schema and its type are the same", () => {
  const file = new URL("../manifest/types.ts", import.meta.url);
  const program = ts.createSourceFile("types.ts", readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  const declarations = new Map<string, ts.NodeArray<ts.TypeElement> | ts.TypeNode>();
  for (const statement of program.statements) {
    if (ts.isInterfaceDeclaration(statement)) declarations.set(statement.name.text, statement.members);
    if (ts.isTypeAliasDeclaration(statement)) declarations.set(statement.name.text, statement.type);
  }
  const shapeOfMembers = (members: readonly ts.TypeElement[]): unknown =>
    Object.fromEntries(
      members.filter(ts.isPropertySignature).map((member) => {
        const key = member.name.getText(program) + (member.questionToken === undefined ? "" : "?");
        return [key, member.type === undefined ? "any" : shapeOfType(member.type)];
      }),
    );
  const shapeOfType = (type: ts.TypeNode): unknown => {
    if (ts.isParenthesizedTypeNode(type) || ts.isTypeOperatorNode(type)) return shapeOfType(type.type);
    if (ts.isArrayTypeNode(type)) return [shapeOfType(type.elementType)];
    if (ts.isUnionTypeNode(type))
      return type.types
        .map((member) => member.getText(program))
        .sort()
        .join("|");
    if (ts.isTypeLiteralNode(type)) {
      return type.members.some(ts.isIndexSignatureDeclaration) ? "object" : shapeOfMembers(type.members);
    }
    if (!ts.isTypeReferenceNode(type)) return type.getText(program);
    const name = type.typeName.getText(program);
    const [first, second] = type.typeArguments ?? [];
    if (name === "Readonly" && first !== undefined) return shapeOfType(first);
    if (name === "Record" && second !== undefined) return { "*": shapeOfType(second) };
    const declared = declarations.get(name);
    if (declared === undefined) throw new Error(`no declaration of ${name}`);
    return "kind" in declared ? shapeOfType(declared) : shapeOfMembers(declared);
  };
  assert.equal(
    shapeOfSchema(schema),
    shapeOfMembers([...(declarations.get("Manifest") as ts.NodeArray<ts.TypeElement>)]),
  );
});

function shapeOfSchema(part: JsonSchema): unknown {
  if (typeof part.$ref === "string")
    return shapeOfSchema(schema.definitions[part.$ref.split("/").pop() ?? ""]);
  if (part.const !== undefined) return JSON.stringify(part.const);
  if (Array.isArray(part.enum))
    return part.enum
      .map((value) => JSON.stringify(value))
      .sort()
      .join("|");
  if (Array.isArray(part.type)) return [...part.type].sort().join("|");
  if (part.type === "array") return [shapeOfSchema(part.items as JsonSchema)];
  if (part.type === "integer") return "number";
  if (part.type !== "object") return part.type;
  if (part.properties === undefined) {
    return part.additionalProperties === undefined
      ? "object"
      : { "*": shapeOfSchema(part.additionalProperties as JsonSchema) };
  }
  assert.is(part.additionalProperties, false);
  const required = new Set((part.required ?? []) as string[]);
  return Object.fromEntries(
    Object.entries(part.properties as Record<string, JsonSchema>).map(([key, property]) => [
      required.has(key) ? key : `${key}?`,
      shapeOfSchema(property),
    ]),
  );
}

test.run();
