import { type CompletionItem, CompletionItemKind } from "vscode-languageserver/node";
import { stringify } from "yaml";
import { missingPermissions } from "../../compiler/permissions/fit.ts";
import { rangeOfEdit } from "./places.ts";
import { describe, type Schema, schemaAt, takes } from "./schema.ts";
import { type Cursor, textOf, type View } from "./view.ts";
import { placeWritten, type YamlPlace } from "./yaml-path.ts";

interface Offer {
  readonly label: string;
  readonly insert: string;
  readonly kind: CompletionItemKind;
  readonly detail?: string;
  readonly documentation?: string;
  /** Offers with a lower number come first. */
  readonly order: number;
}

/**
 * What may stand at a place of plugin.yaml: keys that are not there yet, values, the permissions that the code needs,
 * the variables that it reads. `entrypoints` are the plugin classes in the sources.
 */
export function completions(view: View, cursor: Cursor, entrypoints: readonly string[]): CompletionItem[] {
  if (cursor.file !== view.analysis.pluginFile) return [];
  const text = textOf(view, cursor.file);
  const place = placeWritten(text.value, cursor.offset);
  if (place === null) return [];
  const offers = place.part === "key" ? keyOffers(view, place) : valueOffers(view, place, entrypoints);
  const range = rangeOfEdit(text, place);
  return offers.map(({ label, insert, kind, detail, documentation, order }, index) => ({
    label,
    kind,
    sortText: `${order}${String(index).padStart(4, "0")}`,
    filterText: insert,
    textEdit: { range, newText: insert },
    ...(detail === undefined ? {} : { detail }),
    ...(documentation === undefined ? {} : { documentation: { kind: "markdown", value: documentation } }),
  }));
}

function keyOffers(view: View, { path, siblings }: YamlPlace): readonly Offer[] {
  const schema = schemaAt(path);
  if (schema === null) return [];
  const keys = Object.keys(schema.properties ?? {})
    .filter((key) => !siblings.includes(key))
    .map((key): Offer => {
      const inner = schemaAt([...path, key]) ?? {};
      const isRequired = schema.required?.includes(key) ?? false;
      return {
        label: key,
        insert: takes(inner, "object") && !takes(inner, "string") ? `${key}:` : `${key}: `,
        kind: CompletionItemKind.Property,
        ...(isRequired ? { detail: "required" } : {}),
        documentation: describe(key, inner),
        order: isRequired ? 1 : 2,
      };
    });
  // Below `permissions:` a list may begin as well.
  const isEmpty = siblings.length === 0 && takes(schema, "array");
  const items = isEmpty ? valueOffers(view, { ...emptyItem, path: [...path, "0"] }, []) : [];
  return [...items.map((offer) => ({ ...offer, insert: `- ${offer.insert}`, order: 0 })), ...keys];
}

const emptyItem: YamlPlace = { path: [], part: "value", text: "", start: 0, end: 0, siblings: [] };

function valueOffers(view: View, { path }: YamlPlace, entrypoints: readonly string[]): readonly Offer[] {
  const schema = schemaAt(path) ?? {};
  const key = path.filter((step) => !/^\d+$/.test(step)).join(".");
  const special = specials[key]?.(view, entrypoints, path) ?? [];
  return [...special.map((value) => ({ ...value, insert: yamlText(value.insert) })), ...schemaOffers(schema)];
}

function schemaOffers(schema: Schema): readonly Offer[] {
  const values = schema.enum ?? (takes(schema, "boolean") ? [true, false] : []);
  const scalars = [schema.default, ...(schema.examples ?? [])].filter(
    (value) => ["string", "number"].includes(typeof value) && !values.includes(value),
  );
  const offer = (value: unknown, order: number, kind: CompletionItemKind): Offer => ({
    label: String(value),
    insert: yamlText(value),
    kind,
    ...(value === schema.default ? { detail: "default" } : {}),
    order,
  });
  return [
    ...values.map((value) => offer(value, 3, CompletionItemKind.EnumMember)),
    ...[...new Set(scalars)].map((value) => offer(value, 4, CompletionItemKind.Value)),
  ];
}

function yamlText(value: unknown): string {
  return stringify(value, { lineWidth: 0 }).trimEnd();
}

type Special = (view: View, entrypoints: readonly string[], path: readonly string[]) => readonly Offer[];

/** What the code tells about values, by key. A row here is all that a further key needs. */
const specials: Readonly<Record<string, Special>> = {
  entrypoint: (_view, entrypoints) =>
    entrypoints.map((name) => ({ label: name, insert: name, kind: CompletionItemKind.Class, order: 0 })),
  permissions: (view) => [
    ...needed(view, ""),
    ...kinds.map(({ label, detail }) => ({
      label,
      insert: label,
      kind: CompletionItemKind.Keyword,
      detail,
      order: 2,
    })),
  ],
  "permissions.network": (view) => needed(view, "network:"),
  "permissions.env": (view) => needed(view, "env:"),
  "permissions.filesystem.read": (view) => needed(view, "fs:read:"),
  "permissions.filesystem.write": (view) => needed(view, "fs:write:"),
  "permissions.system.execute": (view) => needed(view, "exec:"),
  "dependencies.env_vars.required": variables,
  "dependencies.env_vars.optional": variables,
};

const kinds = [
  { label: "network", detail: "any host" },
  { label: "network:", detail: "one host: network:api.example.com" },
  { label: "env", detail: "any variable" },
  { label: "env:", detail: "one variable: env:API_KEY" },
  { label: "fs:read", detail: "any file, reading" },
  { label: "fs:read:", detail: "reading below a path: fs:read:/data" },
  { label: "fs:write", detail: "any file, writing" },
  { label: "fs:write:", detail: "writing below a path: fs:write:/tmp" },
  { label: "exec", detail: "any command" },
  { label: "exec:", detail: "one command: exec:git" },
] as const;

/** Permissions that the code uses, those that are not declared first; without the kind in the object form. */
function needed({ analysis }: View, prefix: string): readonly Offer[] {
  const missing = new Set(missingPermissions(analysis).map(({ permission }) => permission));
  return analysis.permissions.used
    .filter(({ permission }) => permission.startsWith(prefix))
    .map(({ permission, nodes }) => ({
      label: permission.slice(prefix.length),
      insert: permission.slice(prefix.length),
      kind: CompletionItemKind.Value,
      detail: `used by ${nodes.join(", ") || "the plugin as it loads"}${missing.has(permission) ? ", not declared" : ""}`,
      order: missing.has(permission) ? 0 : 1,
    }));
}

function variables({ analysis }: View): readonly Offer[] {
  return analysis.permissions.used.flatMap(({ permission }) => {
    const name = /^env:([^*]+)$/.exec(permission)?.[1];
    return name === undefined
      ? []
      : [
          {
            label: name,
            insert: name,
            kind: CompletionItemKind.Variable,
            detail: "the code reads it",
            order: 0,
          },
        ];
  });
}
