/**
 * Writes the generated pages of docs/: plugin-yaml.md from the schema of plugin.yaml, diagnostics.md from the codes
 * and their pages, operations.md from its text and the runtime's settings. With `--check` it writes nothing and exits 1
 * when one of them is not what it would write.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { type Code, codes } from "../compiler/diagnostics/codes.ts";
import { explainPage } from "../compiler/diagnostics/page.ts";
import pluginSchema from "../compiler/load/plugin.schema.json" with { type: "json" };

import { killReasons } from "../runtime/runner/tally.ts";
import { settings } from "../runtime/settings.ts";

/** As much of JSON Schema as plugin.schema.json uses. */
interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  readonly maxProperties?: number;
  readonly items?: Schema;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const generated = "<!-- Written by scripts/docs.ts. Do not edit: `node scripts/docs.ts` overwrites it. -->";

/** Parts of plugin-yaml.md that the schema cannot say, by the key they follow. */
const parts: Readonly<Record<string, string>> = {
  permissions: readFileSync(join(root, "scripts", "docs-permissions.md"), "utf8").trim(),
};

function pluginYaml(): string {
  // The file is wider than the interface: `x-*` keys and the schema's own address.
  const schema = pluginSchema as Schema;
  const keys = Object.entries(schema.properties ?? {});
  const required = new Set(schema.required);
  const contents = keys.map(([key, value]) => {
    const note = required.has(key) ? "required" : showDefault(value);
    return `| [\`${key}\`](#${key}) | ${cell(note)} | ${cell(firstSentence(value.description ?? ""))} |`;
  });
  return [
    "# plugin.yaml",
    generated,
    "The file that makes a folder a plugin. It lies at the top of the folder; `plugin.yml` is read where there is no " +
      "`plugin.yaml`. Editors get the same schema from `noxus schema`. A key that is not listed here is an error " +
      "([NX1004](../compiler/diagnostics/pages/NX1004.md)), except at the top level those that start with `x-`: they " +
      "are yours, and noxus does not read them.",
    ["| Key | Default | Meaning |", "|---|---|---|", ...contents].join("\n"),
    ...keys.flatMap(([key, value]) => describeKey(key, value, required.has(key))),
  ].join("\n\n");
}

function describeKey(key: string, schema: Schema, isRequired: boolean): readonly string[] {
  const facts = [
    ["Type", typeInWords(schema)],
    [isRequired ? "Required" : "Default", isRequired ? "yes" : showDefault(schema)],
    ["Allowed", allowed(schema)],
  ].flatMap(([word, text]) => (text === "" ? [] : [`- ${word}: ${text}`]));
  const examples = (schema.examples ?? []).map((example) => stringify({ [key]: example }, { lineWidth: 0 }));
  const part = parts[key];
  return [
    `## ${key}`,
    schema.description ?? "",
    facts.join("\n"),
    ...examples.map((example) => `\`\`\`yaml\n${example.trimEnd()}\n\`\`\``),
    ...nestedKeys(schema),
    ...(part === undefined ? [] : [part]),
  ];
}

/** Tables of the keys below a key: first its own, then those of the values of its named entries. */
function nestedKeys(schema: Schema): readonly string[] {
  const entries = new Map<string, string[]>();
  const rows = flatten(schema, "", entries);
  if (rows.length === 0) return [];
  const tables = [keyTable(rows)];
  for (const [$ref, owners] of entries)
    tables.push(
      `Each entry of ${owners.map((owner) => `\`${owner}\``).join(" and ")} is a mapping with these keys:`,
      keyTable(flatten(resolve({ $ref }), "", new Map())),
    );
  return tables;
}

function keyTable(rows: readonly string[]): string {
  return ["| Key | Type | Allowed | Default | Meaning |", "|---|---|---|---|---|", ...rows].join("\n");
}

/** One row per key, nested ones dotted. `entries` collects what the values of free names refer to, by reference. */
function flatten(schema: Schema, prefix: string, entries: Map<string, string[]>): readonly string[] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).flatMap(([name, given]) => {
    const key = prefix + name;
    const value = resolve(given);
    const entry =
      typeof value.additionalProperties === "object" ? value.additionalProperties.$ref : undefined;
    // One definition may serve several keys.
    if (entry !== undefined) entries.set(entry, [...(entries.get(entry) ?? []), key]);
    if (value.properties !== undefined) return flatten(value, `${key}.`, entries);
    const note = required.has(name) ? "required" : showDefault(value);
    return [
      `| \`${key}\` | ${cell(typeInWords(value))} | ${cell(allowed(value))} | ${cell(note)} | ${cell(value.description ?? "")} |`,
    ];
  });
}

/** The schema behind a reference; what stands beside the reference wins. */
function resolve(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  let target: unknown = pluginSchema;
  for (const step of schema.$ref.replace("#/", "").split("/"))
    target = (target as Readonly<Record<string, unknown>> | undefined)?.[step];
  if (typeof target !== "object" || target === null) throw new Error(`${schema.$ref} leads nowhere`);
  const { $ref, ...own } = schema;
  return { ...resolve(target as Schema), ...own };
}

function typeInWords(given: Schema): string {
  const schema = resolve(given);
  if (schema.enum !== undefined) return `one of ${schema.enum.map(code).join(", ")}`;
  const text = schema.format === "uri" ? "URL" : "text";
  return [schema.type ?? []]
    .flat()
    .map((type) => {
      switch (type) {
        case "string":
          return text;
        case "boolean":
          return "boolean";
        case "integer":
          return "whole number";
        case "array": {
          const items = schema.items === undefined ? {} : resolve(schema.items);
          return items.type === "string" ? "list of texts" : "list";
        }
        case "object":
          return typeof schema.additionalProperties === "object" ? "mapping of names to entries" : "mapping";
        default:
          return type;
      }
    })
    .map((word, index, all) => (index === 0 ? word : `${index === all.length - 1 ? " or " : ", "}${word}`))
    .join("");
}

/** What the schema asks of a value beside its type. */
function allowed(schema: Schema): string {
  const { minimum, maximum, minLength, maxLength } = schema;
  const maxEntries = schema.maxItems ?? schema.maxProperties;
  return [
    schema.pattern === undefined ? "" : `text matching ${code(schema.pattern)}`,
    schema.propertyNames?.pattern === undefined ? "" : `names matching ${code(schema.propertyNames.pattern)}`,
    minimum === undefined ? "" : `at least ${minimum}`,
    maximum === undefined ? "" : `at most ${maximum}`,
    minLength === 1 || schema.minItems === 1 ? "not empty" : "",
    maxLength === undefined ? "" : `at most ${maxLength} characters`,
    maxEntries === undefined ? "" : `at most ${maxEntries} entries`,
    schema.uniqueItems === true ? "no entry twice" : "",
  ]
    .filter((text) => text !== "")
    .join(", ");
}

function showDefault(schema: Schema): string {
  return schema.default === undefined ? "none" : code(schema.default);
}

function code(value: unknown): string {
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

/** A bar would end the cell, also inside of code. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

const families: Readonly<Record<string, string>> = {
  NX1: "plugin.yaml",
  NX2: "Nodes, signatures and schemas",
  NX3: "Permissions",
  NX4: "Configuration",
  NX5: "Compatibility",
  NX6: "Build",
  NX9: "noxus itself",
};

function diagnostics(): string {
  const names = Object.keys(codes) as Code[]; // the table's own keys
  const stray = names.find((name) => !Object.hasOwn(families, name.slice(0, 3)));
  if (stray !== undefined) throw new Error(`${stray} is of no family`);
  const sections = Object.entries(families).map(([family, title]) => {
    const rows = names.filter((name) => name.startsWith(family)).map(diagnosticRow);
    return [
      `## ${family}: ${title}`,
      ["| Code | Name | Severity | Meaning |", "|---|---|---|---|", ...rows].join("\n"),
    ];
  });
  return [
    "# Diagnostics",
    generated,
    "Every code that noxus reports. The page of a code says what it means, with a wrong and a right example; " +
      "`noxus explain NX1004` prints it.",
    ...sections.flat(),
  ].join("\n\n");
}

function diagnosticRow(name: Code): string {
  const page = explainPage(name);
  if (page === null) throw new Error(`${name} has no page`);
  const paragraph = page.split(/\n\n/)[1] ?? "";
  const link = `[${name}](../compiler/diagnostics/pages/${name}.md)`;
  return `| ${link} | ${codes[name].name} | ${codes[name].severity} | ${cell(firstSentence(paragraph))} |`;
}

/** Up to the first stop that a blank follows; a stop inside of a name, as in plugin.yaml, is none. */
function firstSentence(text: string): string {
  return /^.*?\.(?=\s|$)/s.exec(text)?.[0].replaceAll("\n", " ") ?? text;
}

/** The written page with what the runtime's own tables say. */
function operations(): string {
  const rows = Object.values(settings).map(({ flag, variables, value, description, shownDefault }) => {
    const names = variables.map(code).join(", ");
    return `| \`--${flag}\` ${value} | ${names} | ${cell(description)} | ${shownDefault} |`;
  });
  const text = readFileSync(join(root, "scripts", "docs-operations.md"), "utf8").trim();
  return text
    .replace("# Operations\n", `# Operations\n\n${generated}\n`)
    .replace("{{settings}}", ["| Flag | Variable | | Default |", "|---|---|---|---|", ...rows].join("\n"))
    .replace("{{kills}}", killReasons.map(code).join(", "));
}

const pages: readonly (readonly [string, () => string])[] = [
  ["docs/plugin-yaml.md", pluginYaml],
  ["docs/diagnostics.md", diagnostics],
  ["docs/operations.md", operations],
];
const isCheck = process.argv.includes("--check");
for (const [path, make] of pages) {
  const file = join(root, path);
  const text = `${make()}\n`;
  if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
  if (!isCheck) writeFileSync(file, text);
  else {
    process.stderr.write(`${path} is stale: run \`node scripts/docs.ts\`\n`);
    process.exitCode = 1;
  }
}
