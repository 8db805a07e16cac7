/**
 * Provider schemas, read from the bindings that are published on npm: names, types, what is required or computed, and
 * how blocks nest. The bindings do not say which values are sensitive or write-only, nor which optional ones the
 * provider fills in; the first two stand in a table here, the last are taken as not filled in.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** A type as Terraform writes it in JSON. */
export type ValueType =
  | "string"
  | "number"
  | "bool"
  | readonly ["list" | "set" | "map", ValueType]
  | readonly ["object", Readonly<Record<string, ValueType>>];

export interface Attribute {
  readonly name: string;
  readonly type: ValueType;
  readonly required: boolean;
  readonly optional: boolean;
  readonly computed: boolean;
  readonly sensitive: boolean;
  readonly writeOnly: boolean;
}

export interface Nested {
  readonly name: string;
  readonly nesting: "SINGLE" | "LIST" | "SET";
  readonly minItems: number;
  readonly maxItems: number;
  readonly block: Block;
}

export interface Block {
  readonly attributes: readonly Attribute[];
  readonly blocks: readonly Nested[];
}

const sensitive = new Set([
  "azurerm_key_vault_secret.value",
  "azurerm_key_vault_secret.value_wo",
  "azurerm_container_registry.admin_password",
  "azurerm_log_analytics_workspace.primary_shared_key",
  "azurerm_log_analytics_workspace.secondary_shared_key",
  "azurerm_container_app.secret.value",
]);
const writeOnly = new Set(["azurerm_key_vault_secret.value_wo"]);

/** The schema of one resource or data source, from the folder of its binding. Throws when the binding has no such form. */
export function readBinding(folder: string, type: string): Block {
  const text = readFileSync(join(folder, "index.d.ts"), "utf8");
  const source = ts.createSourceFile("index.d.ts", text, ts.ScriptTarget.Latest, true);
  const interfaces = new Map<string, ts.InterfaceDeclaration>();
  for (const statement of source.statements)
    if (ts.isInterfaceDeclaration(statement)) interfaces.set(statement.name.text, statement);
  const classes = readClasses(readFileSync(join(folder, "index.js"), "utf8"));
  const config = [...interfaces.keys()].find((name) => name.endsWith("Config"));
  if (config === undefined) throw new Error(`${type}: the binding has no configuration interface`);
  const main = classes.get(config.slice(0, -"Config".length));
  return blockOf(interfaces.get(config), main, type, { interfaces, classes, source });
}

interface Binding {
  readonly interfaces: ReadonlyMap<string, ts.InterfaceDeclaration>;
  readonly classes: ReadonlyMap<string, Members>;
  readonly source: ts.SourceFile;
}

/** What the getters of a class read: plain attributes with their types, and members that are objects. */
interface Members {
  readonly values: ReadonlyMap<string, ValueType>;
  readonly objects: ReadonlyMap<string, { readonly element: string; readonly many: "list" | "set" | null }>;
}

const getters: Readonly<Record<string, ValueType>> = {
  String: "string",
  Number: "number",
  Boolean: "bool",
  List: ["list", "string"],
  NumberList: ["list", "number"],
  StringMap: ["map", "string"],
  NumberMap: ["map", "number"],
  BooleanMap: ["map", "bool"],
};

function readClasses(text: string): Map<string, Members> {
  const classes = new Map<string, Members>();
  for (const part of text.split(/^class /m).slice(1)) {
    const name = /^\w+/.exec(part)?.[0] ?? "";
    const values = new Map<string, ValueType>();
    for (const [, asSet, kind = "", key = ""] of part.matchAll(
      /(cdktf\.Fn\.tolist\()?this\.get(\w+)Attribute\('(\w+)'\)/g,
    )) {
      const type = getters[kind];
      if (type === undefined) throw new Error(`${name}.${key}: unknown getter get${kind}Attribute`);
      values.set(key, asSet !== undefined && Array.isArray(type) ? ["set", type[1] as ValueType] : type);
    }
    const objects = new Map<string, { element: string; many: "list" | "set" | null }>();
    for (const [, type = "", key = "", isSet] of part.matchAll(
      /new ([\w.]+)\(this, "(\w+)"(?:, (true|false))?\)/g,
    )) {
      if (type === "cdktf.StringMap") values.set(key, ["map", "string"]);
      else if (type.startsWith("cdktf.")) throw new Error(`${name}.${key}: unknown member ${type}`);
      else if (isSet === undefined)
        objects.set(key, { element: type.replace(/OutputReference$/, ""), many: null });
      else objects.set(key, { element: type.replace(/List$/, ""), many: isSet === "true" ? "set" : "list" });
    }
    classes.set(name, { values, objects });
  }
  return classes;
}

function blockOf(
  declaration: ts.InterfaceDeclaration | undefined,
  members: Members | undefined,
  path: string,
  binding: Binding,
): Block {
  const attributes: Attribute[] = [];
  const blocks: Nested[] = [];
  const seen = new Set<string>();
  for (const member of declaration?.members ?? []) {
    const doc = member.getFullText(binding.source);
    const name = /#(\w+) \w+#\w+\}/.exec(doc)?.[1];
    if (!ts.isPropertySignature(member) || member.type === undefined || name === undefined) continue;
    seen.add(name);
    const required = member.questionToken === undefined;
    const object = members?.objects.get(name);
    const reference = elementOf(member.type, binding);
    if (reference !== null) {
      const many = object?.many ?? (ts.isTypeReferenceNode(member.type) ? null : "list");
      const nested = blockOf(
        binding.interfaces.get(reference),
        binding.classes.get(`${reference}OutputReference`),
        `${path}.${name}`,
        binding,
      );
      blocks.push({
        name,
        nesting: name === "timeouts" ? "SINGLE" : many === "set" ? "SET" : "LIST",
        minItems: required && name !== "timeouts" ? 1 : 0,
        maxItems: many === null && name !== "timeouts" ? 1 : 0,
        block: nested,
      });
      continue;
    }
    attributes.push({
      name,
      type: members?.values.get(name) ?? writtenType(member.type, `${path}.${name}`),
      required,
      optional: !required,
      computed: name === "id",
      sensitive: sensitive.has(`${path}.${name}`),
      writeOnly: writeOnly.has(`${path}.${name}`),
    });
  }
  const computed = (name: string, type: ValueType): Attribute => ({
    name,
    type,
    required: false,
    optional: false,
    computed: true,
    sensitive: sensitive.has(`${path}.${name}`),
    writeOnly: false,
  });
  for (const [name, type] of members?.values ?? [])
    if (!seen.has(name)) attributes.push(computed(name, type));
  for (const [name, { element, many }] of members?.objects ?? []) {
    if (seen.has(name)) continue;
    const object: ValueType = ["object", objectType(element, binding)];
    attributes.push(computed(name, [many ?? "list", object]));
  }
  return { attributes, blocks };
}

/** The interface behind `Foo`, `Foo[]` or `Foo[] | cdktf.IResolvable`, when it is one of this binding. */
function elementOf(type: ts.TypeNode, binding: Binding): string | null {
  if (ts.isUnionTypeNode(type)) return type.types[0] === undefined ? null : elementOf(type.types[0], binding);
  if (ts.isArrayTypeNode(type)) return elementOf(type.elementType, binding);
  const name = ts.isTypeReferenceNode(type) && ts.isIdentifier(type.typeName) ? type.typeName.text : "";
  return binding.interfaces.has(name) ? name : null;
}

function writtenType(type: ts.TypeNode, path: string): ValueType {
  if (ts.isUnionTypeNode(type) && type.types[0] !== undefined) return writtenType(type.types[0], path);
  if (ts.isArrayTypeNode(type)) return ["list", writtenType(type.elementType, path)];
  if (type.kind === ts.SyntaxKind.StringKeyword) return "string";
  if (type.kind === ts.SyntaxKind.NumberKeyword) return "number";
  if (type.kind === ts.SyntaxKind.BooleanKeyword) return "bool";
  if (ts.isTypeLiteralNode(type)) {
    const [index] = type.members;
    if (index !== undefined && ts.isIndexSignatureDeclaration(index))
      return ["map", writtenType(index.type, path)];
  }
  throw new Error(`${path}: a type that is not known here: ${type.getText()}`);
}

function objectType(element: string, binding: Binding): Record<string, ValueType> {
  const members = binding.classes.get(`${element}OutputReference`);
  const type: Record<string, ValueType> = Object.fromEntries(members?.values ?? []);
  for (const [name, nested] of members?.objects ?? [])
    type[name] = [nested.many ?? "list", ["object", objectType(nested.element, binding)]];
  return type;
}
