/** What noxus knows by heart: its version, its schemas, the page of each code. Needs no plugin and no compiler. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Code, codes } from "../compiler/diagnostics/codes.ts";
import { explainPage } from "../compiler/diagnostics/page.ts";
import { packageRoot } from "../compiler/package-root.ts";
import { renderMarkdown } from "./markdown.ts";
import { paintFor, type Terminal } from "./terminal.ts";
import { tool, versionOf } from "./version.ts";

/** noxus, Node and TypeScript, a line each. */
export function versionText(): string {
  const typescript = versionOf(createRequire(import.meta.url).resolve("typescript/package.json"));
  return `${tool.name} ${tool.version}\nnode ${process.versions.node}\ntypescript ${typescript}\n`;
}

/** The schemas as the package ships them, relative to its root. */
const schemas = {
  plugin: "compiler/load/plugin.schema.json",
  manifest: "runtime/manifest/manifest.schema.json",
} as const;

export type SchemaName = keyof typeof schemas;

export const schemaNames: readonly string[] = Object.keys(schemas);

export function isSchemaName(name: string): name is SchemaName {
  return Object.hasOwn(schemas, name);
}

export function schemaText(name: SchemaName): string {
  return readFileSync(join(packageRoot, schemas[name]), "utf8");
}

export function isCode(text: string): text is Code {
  return Object.hasOwn(codes, text);
}

/** The page as it is written, in Markdown. */
export function pageOf(code: Code): string {
  const page = explainPage(code);
  if (page === null) throw new Error(`${code} has no page`);
  return page;
}

export function codeText(code: Code, terminal: Terminal): string {
  const { name, severity } = codes[code];
  const paint = paintFor(terminal);
  const color = severity === "error" ? paint.error : paint.warning;
  // The page's own heading says the same without the severity.
  const body = pageOf(code).replace(/^\s*# .*\n+/, "");
  const text = `${paint.bold(`${code} ${name}`)}  ${color(severity)}\n\n${renderMarkdown(body, terminal)}`;
  return text.endsWith("\n") ? text : `${text}\n`;
}
