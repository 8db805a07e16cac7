import type { Diagnostic, Place, Severity } from "./types.ts";

interface Definition<Args> {
  readonly name: string;
  readonly severity: Severity;
  readonly message: (args: Args) => string;
  readonly help: (args: Args) => string | null;
  /** The permission that it is about, for codes that are about one. */
  readonly permission?: (args: Args) => string;
}

/** Lets `help` take its arguments' type from `message`. */
function define<Args>(definition: Definition<Args>): Definition<Args> {
  return definition;
}

/**
 * Every diagnostic code. Codes are public: never reused, never renumbered. Each has a page in `pages/` and a
 * fixture; a test asks for both. Families: NX1 plugin.yaml, NX2 nodes, signatures and schemas, NX3 permissions,
 * NX4 configuration, NX5 compatibility, NX6 build; NX9 is kept for bugs of noxus itself, which are thrown, not reported.
 */
export const codes = {
  NX1001: define({
    name: "plugin-file-missing",
    severity: "error",
    message: (a: { folder: string; below: readonly string[] }) => `no plugin.yaml in \`${a.folder}\``,
    help: ({ below }) =>
      below.length === 0
        ? "create one with `noxus init <name>`, or name the plugin's folder"
        : `name the plugin's folder: ${below.map((folder) => `\`${folder}\``).join(", ")}`,
  }),
  NX1002: define({
    name: "plugin-file-unreadable",
    severity: "error",
    message: (a: { file: string; reason: string }) => `cannot read \`${a.file}\`: ${a.reason}`,
    help: () => "plugin.yaml must be a readable UTF-8 text file",
  }),
  NX1003: define({
    name: "yaml-syntax",
    severity: "error",
    message: (a: { reason: string; help?: string }) => a.reason,
    help: (a) => a.help ?? "correct the YAML at this place",
  }),
  NX1004: define({
    name: "unknown-key",
    severity: "error",
    message: (a: { key: string; nearest: string | null; known: readonly string[] }) =>
      `unknown key \`${a.key}\``,
    help: (a) =>
      a.nearest === null
        ? `known keys here: ${a.known.join(", ")}; your own keys start with \`x-\``
        : `rename it to \`${a.nearest}\``,
  }),
  NX1005: define({
    name: "wrong-type",
    severity: "error",
    message: (a: { key: string; expected: string; got: string; help?: string | null }) =>
      `\`${a.key}\` must be ${a.expected}, not ${a.got}`,
    help: (a) => a.help ?? "see the key's description: `noxus schema`",
  }),
  NX1006: define({
    name: "missing-key",
    severity: "error",
    message: (a: { key: string; example: string | null }) => `\`${a.key}\` is missing`,
    help: (a) => (a.example === null ? `add \`${a.key}\`` : `add it, as in \`${a.example}\``),
  }),
  NX1007: define({
    name: "duplicate-key",
    severity: "error",
    message: (a: { key: string }) => `\`${a.key}\` is given twice`,
    help: () => "keep one of them",
  }),
  NX1008: define({
    name: "not-a-mapping",
    severity: "error",
    message: (a: { got: string }) => `plugin.yaml must be a mapping of keys to values, not ${a.got}`,
    help: () => "start with `name:`, `version:` and `entrypoint:`",
  }),
  NX1009: define({
    name: "invalid-value",
    severity: "error",
    message: (a: { key: string; expected: string; got: string; nearest?: string | null }) =>
      `\`${a.key}\` must be ${a.expected}; got ${a.got}`,
    help: (a) => (a.nearest ? `did you mean \`${a.nearest}\`?` : `change the value of \`${a.key}\``),
  }),
  NX1010: define({
    name: "plugin-file-too-large",
    severity: "error",
    message: (a: { reason: string }) => a.reason,
    help: () => "plugin.yaml is a short description; keep data in files of its own",
  }),
  NX1011: define({
    name: "invalid-permission",
    severity: "error",
    message: (a: { permission: string; reason: string; nearest: string | null }) =>
      `\`${a.permission}\` is not a permission: ${a.reason}`,
    help: (a) =>
      a.nearest === null
        ? "write network[:HOST[:PORT]], env[:NAME], fs:read[:PATH], fs:write[:PATH] or exec[:COMMAND]"
        : `did you mean \`${a.nearest}\`?`,
  }),
  NX1012: define({
    name: "second-plugin-file",
    severity: "warning",
    message: (a: { ignored: string; used: string }) => `\`${a.ignored}\` is ignored beside \`${a.used}\``,
    help: ({ ignored, used }) => `move what is still wanted to \`${used}\`, and remove \`${ignored}\``,
  }),

  NX2001: define({
    name: "entrypoint-file-missing",
    severity: "error",
    message: (a: { entrypoint: string; tried: readonly string[] }) =>
      `the entrypoint \`${a.entrypoint}\` names no source file`,
    help: (a) =>
      `tried ${a.tried.join(", ")}; write \`path/without/extension.ClassName\` or \`path/file.ts#ClassName\``,
  }),
  NX2002: define({
    name: "entrypoint-class-missing",
    severity: "error",
    message: (a: {
      file: string;
      /** Null when the entrypoint names a file only. */
      name: string | null;
      candidates: readonly string[];
      isDeclared: boolean;
    }) => {
      if (a.name === null) return `the entrypoint names ${a.file}, but no class in it`;
      return a.isDeclared
        ? `\`${a.name}\` is declared in ${a.file} but not exported`
        : `${a.file} exports no class \`${a.name}\``;
    },
    help: (a) => {
      if (a.isDeclared) return `write \`export class ${a.name}\``;
      const [only] = a.candidates;
      if (only === undefined) return 'export a class that extends `Plugin` from "noxus/plugins"';
      if (a.name === null) return `write \`${a.file}#${only}\``;
      return `it exports ${a.candidates.map((name) => `\`${name}\``).join(", ")}`;
    },
  }),
  NX2003: define({
    name: "entrypoint-default-export",
    severity: "error",
    message: (a: { name: string }) => `\`${a.name}\` is a default export; the entrypoint needs a named one`,
    help: (a) => `write \`export class ${a.name}\` without \`default\``,
  }),
  NX2004: define({
    name: "not-a-plugin",
    severity: "error",
    message: (a: { name: string; what: string }) => `\`${a.name}\` ${a.what}`,
    help: (a) => `write \`class ${a.name} extends Plugin\` with \`Plugin\` imported from "noxus/plugins"`,
  }),
  NX2005: define({
    name: "entrypoint-ambiguous",
    severity: "error",
    message: (a: { entrypoint: string; candidates: readonly string[] }) =>
      `the entrypoint \`${a.entrypoint}\` fits ${a.candidates.map((name) => `\`${name}\``).join(" and ")}`,
    help: (a) => `name one: \`${a.candidates[0]}\``,
  }),
  NX2006: define({
    name: "node-without-call",
    severity: "error",
    message: (a: { name: string }) => `the node \`${a.name}\` has no \`call\` method`,
    help: () => "add `call(...)`: its parameters are the inputs, the object it returns is the output",
  }),
  NX2007: define({
    name: "duplicate-node-name",
    severity: "error",
    message: (a: { name: string; first: string; second: string }) =>
      a.first === a.second
        ? `\`${a.first}\` is listed twice`
        : `\`${a.first}\` and \`${a.second}\` are both served as \`${a.name}\``,
    help: (a) =>
      a.first === a.second ? "list it once" : 'rename a class, or give one of them `name = "..."`',
  }),
  NX2008: define({
    name: "nodes-not-static",
    severity: "error",
    message: (a: { what: string }) => `\`nodes()\` cannot be read without running it: ${a.what}`,
    help: () => "return an array literal of `new SomeNode()`, constants and spreads of constant arrays",
  }),
  NX2009: define({
    name: "not-a-node",
    severity: "error",
    message: (a: { name: string; what: string }) => `\`${a.name}\` ${a.what}`,
    help: (a) => `write \`class ${a.name} extends Node\` with \`Node\` imported from "noxus/plugins"`,
  }),
  NX2010: define({
    name: "call-unsupported",
    severity: "error",
    message: (a: { what: string; help: string }) => a.what,
    help: (a) => a.help,
  }),
  NX2011: define({
    name: "type-not-json",
    severity: "error",
    message: (a: { path: string; type: string; help: string }) =>
      `\`${a.path}\` is \`${a.type}\`, which JSON cannot carry`,
    help: (a) => a.help,
  }),
  NX2012: define({
    name: "result-not-object",
    severity: "error",
    message: (a: { type: string; help: string }) =>
      `the result must be an object; \`call\` returns \`${a.type}\``,
    help: (a) => a.help,
  }),
  NX2013: define({
    name: "schema-failed",
    severity: "error",
    message: (a: { path: string; reason: string }) =>
      `no JSON Schema can be made for \`${a.path}\`: ${a.reason}`,
    help: () => "write the type out with interfaces, unions and literals",
  }),
  NX2014: define({
    name: "value-unchecked",
    severity: "warning",
    message: (a: { path: string; type: string }) =>
      `\`${a.path}\` is \`${a.type}\`: its value is not checked`,
    help: () => "give it a type",
  }),
  NX2015: define({
    name: "invalid-node-name",
    severity: "error",
    message: (a: { name: string }) => `\`${a.name}\` cannot be a node's name`,
    help: () => "use lower-case letters, digits and dashes, at most 63, starting with a letter or digit",
  }),
  NX2016: define({
    name: "no-nodes",
    severity: "error",
    message: (a: { name: string }) => `\`${a.name}\` lists no nodes`,
    help: () => "return at least one `new SomeNode()` from `nodes()`",
  }),
  NX2017: define({
    name: "member-not-static",
    severity: "error",
    message: (a: { member: string; what: string }) =>
      `\`${a.member}\` cannot be read without running it: ${a.what}`,
    help: (a) => `give \`${a.member}\` a literal value`,
  }),
  NX2018: define({
    name: "invalid-timeout",
    severity: "error",
    message: (a: { got: string; reason: string }) => `the timeout \`${a.got}\` ${a.reason}`,
    help: () => "write a duration such as `500ms`, `5s` or `1m`, not above the plugin's own `timeout`",
  }),
  NX2019: define({
    name: "constraint-invalid",
    severity: "error",
    message: (a: { tag: string; reason: string }) => `\`@${a.tag}\` ${a.reason}`,
    help: () => "see the JSDoc tags in docs/authoring.md",
  }),
  NX2020: define({
    name: "unknown-param",
    severity: "warning",
    message: (a: { name: string; nearest: string | null }) =>
      `\`@param ${a.name}\` names no parameter of \`call\``,
    help: (a) => (a.nearest === null ? "remove it, or name a parameter" : `did you mean \`${a.nearest}\`?`),
  }),
  NX2021: define({
    name: "tag-not-read",
    severity: "warning",
    message: (a: { tag: string; help: string }) => `\`@${a.tag}\` has no effect on the schema`,
    help: (a) => a.help,
  }),
  NX2100: define({
    name: "typescript",
    severity: "error",
    message: (a: { code: number; text: string }) => `${a.text} (TS${a.code})`,
    help: () => null,
  }),
  NX2101: define({
    name: "tsconfig",
    severity: "error",
    message: (a: { text: string }) => a.text,
    help: () => "correct tsconfig.json, or remove it: noxus has defaults",
  }),
  NX2102: define({
    name: "source-unreadable",
    severity: "error",
    message: (a: { file: string; reason: string }) => `cannot read \`${a.file}\`: ${a.reason}`,
    help: () => "let the user who runs noxus read it; the plugin was not looked at any further",
  }),
  NX2103: define({
    name: "source-changed",
    severity: "error",
    message: (a: { file: string }) => `\`${a.file}\` changed while the plugin was analysed`,
    help: () => "try again when nothing writes it any more",
  }),

  NX3001: define({
    name: "undeclared-permission",
    severity: "error",
    message: (a: { sink: string; permission: string }) =>
      `\`${a.sink}\` needs \`${a.permission}\`, which plugin.yaml does not declare`,
    help: (a) => `add \`- ${a.permission}\` under \`permissions\``,
    permission: (a) => a.permission,
  }),
  NX3002: define({
    name: "unused-permission",
    severity: "warning",
    message: (a: { permission: string }) => `\`${a.permission}\` is declared, but nothing uses it`,
    help: () => "remove it: a permission that is not needed is a risk that is not needed",
    permission: (a) => a.permission,
  }),
  NX3003: define({
    name: "unresolved-use",
    severity: "error",
    message: (a: { what: string; reason: string }) => `cannot be proven: ${a.what} ${a.reason}`,
    help: () => "use the API by its name, so that what it reaches can be read from the code",
  }),
  NX3004: define({
    name: "dynamic-code",
    severity: "error",
    message: (a: { sink: string }) => `cannot be proven: \`${a.sink}\` makes code while running`,
    help: () => "write the code out; no permission allows code that is not there to be read",
  }),
  NX3005: define({
    name: "unknown-resource",
    severity: "error",
    message: (a: { sink: string; broad: string; what: string }) =>
      `\`${a.sink}\` needs \`${a.broad}\`, because ${a.what} is not known before it runs`,
    help: (a) => `make it a constant, or add \`- ${a.broad}\` under \`permissions\``,
    permission: (a) => a.broad,
  }),
  NX3006: define({
    name: "dynamic-import",
    severity: "error",
    message: (a: { form: string }) =>
      `cannot be proven: \`${a.form}\` loads a module that is not in the bundle`,
    help: () => "import the module by its literal name, so that it can be bundled and read",
  }),
  NX3007: define({
    name: "native-code",
    severity: "error",
    message: (a: { what: string }) => `cannot be proven: ${a.what} is machine code`,
    help: () => "use a package written in JavaScript",
  }),
  NX3008: define({
    name: "unclassified-api",
    severity: "error",
    message: (a: { api: string }) => `cannot be proven: noxus does not know what \`${a.api}\` can reach`,
    help: () => "use another API, or ask for it to be classified",
  }),

  NX3009: define({
    name: "install-script",
    severity: "error",
    message: (a: { package: string; version: string; script: string }) =>
      `cannot be proven: installing \`${a.package} ${a.version}\` runs its \`${a.script}\` script`,
    help: () => "use a package without install scripts; what they do is in no bundle and in no permission",
  }),
  NX3010: define({
    name: "waiver-without-reason",
    severity: "error",
    message: () => "this waiver gives no reason",
    help: () => "write `// noxus-waive: why this is safe`",
  }),
  NX3011: define({
    name: "unused-waiver",
    severity: "warning",
    message: () => "this waiver waives nothing",
    help: () => "remove it, or put it on the line of the use or the line above",
  }),
  NX3012: define({
    name: "waived-use",
    severity: "warning",
    message: (a: { what: string; reason: string }) => `waived: ${a.what} (${a.reason})`,
    help: () => "`--strict` refuses waivers",
  }),
  NX3013: define({
    name: "broad-permission",
    severity: "warning",
    message: (a: { permission: string; narrow: readonly string[] }) =>
      `\`${a.permission}\` is declared, but ${a.narrow.map((name) => `\`${name}\``).join(", ")} would do`,
    help: (a) => `write ${a.narrow.map((name) => `\`- ${name}\``).join(" and ")} instead`,
    permission: (a) => a.permission,
  }),
  NX3014: define({
    name: "shadowed-builtin",
    severity: "warning",
    message: (a: { package: string; version: string }) =>
      `the package \`${a.package} ${a.version}\` has the name of a module of Node`,
    help: () => "check that this package is meant, and not the module",
  }),
  NX3015: define({
    name: "install-script-below",
    severity: "warning",
    message: (a: { package: string; version: string; script: string }) =>
      `installing the plugin's packages runs the \`${a.script}\` script of \`${a.package} ${a.version}\`, which another one brings along`,
    help: (a) => `\`npm explain ${a.package}\` says which; \`npm ci --ignore-scripts\` runs none`,
  }),

  NX4001: define({
    name: "configuration-default",
    severity: "error",
    message: (a: { name: string; reason: string }) => `the default of \`${a.name}\` ${a.reason}`,
    help: () => "give a default that the field itself would accept",
  }),
  NX4002: define({
    name: "configuration-duplicate",
    severity: "error",
    message: (a: { name: string }) => `\`${a.name}\` is both required and optional`,
    help: () => "keep one of them",
  }),
  NX4003: define({
    name: "configuration-mismatch",
    severity: "warning",
    message: (a: { what: string; help: string }) => a.what,
    help: (a) => a.help,
  }),

  NX5001: define({
    name: "node-removed",
    severity: "warning",
    message: (a: { name: string; nearest: string | null }) => `no node answers to \`${a.name}\` any more`,
    help: (a) =>
      a.nearest === null
        ? "keep the node until the next major version"
        : `if it is called \`${a.nearest}\` now, give it its old name back: \`name = "${a.name}"\``,
  }),
  NX5002: define({
    name: "input-narrowed",
    severity: "warning",
    message: (a: { what: string }) => a.what,
    help: () => "keep accepting what was accepted, or publish a major version",
  }),
  NX5003: define({
    name: "input-required",
    severity: "warning",
    message: (a: { what: string }) => a.what,
    help: () => "give the parameter a default, or publish a major version",
  }),
  NX5004: define({
    name: "output-widened",
    severity: "warning",
    message: (a: { what: string }) => a.what,
    help: () => "return what was promised, or publish a major version",
  }),
  NX5005: define({
    name: "not-proven-compatible",
    severity: "warning",
    message: (a: { what: string }) => `cannot be proven compatible: ${a.what}`,
    help: () => "write the type in a form that both versions share, or publish a major version",
  }),
  NX5006: define({
    name: "timeout-lowered",
    severity: "warning",
    message: (a: { old: string; new: string }) => `a call may take ${a.new} now; it could take ${a.old}`,
    help: () => "keep the longer timeout, or publish a major version",
  }),
  NX5007: define({
    name: "identity-changed",
    severity: "warning",
    message: (a: { key: string; old: string; new: string }) =>
      `the plugin's ${a.key} is \`${a.new}\` now; it was \`${a.old}\``,
    help: () => "whoever refers to the plugin has to follow: publish a major version",
  }),
  NX5008: define({
    name: "configuration-narrowed",
    severity: "warning",
    message: (a: { what: string }) => a.what,
    help: () => "give the value a default, or publish a major version",
  }),
  NX5009: define({
    name: "permission-gained",
    severity: "warning",
    message: (a: { permission: string }) => `can reach \`${a.permission}\` now`,
    help: () => "review it: `noxus diff` shows through which calls",
  }),
  NX5010: define({
    name: "feature-added",
    severity: "info",
    message: (a: { what: string }) => a.what,
    help: () => null,
  }),
  NX5011: define({
    name: "version-too-low",
    severity: "error",
    message: (a: { old: string; new: string; needed: string; least: string }) =>
      `${a.old} -> ${a.new} is not enough for ${a.needed}`,
    help: (a) => `set the version to ${a.least} or higher`,
  }),

  NX6001: define({
    name: "import-unresolved",
    severity: "error",
    message: (a: { specifier: string; help: string }) => `cannot resolve \`${a.specifier}\``,
    help: (a) => a.help,
  }),
  NX6002: define({
    name: "bundle-failed",
    severity: "error",
    message: (a: { text: string }) => `the bundle cannot be made: ${a.text}`,
    help: () => null,
  }),
  NX6003: define({
    name: "import-outside-plugin",
    severity: "error",
    message: (a: { specifier: string }) => `\`${a.specifier}\` lies outside the plugin's folder`,
    help: () => "move the file into the folder, or make it a package and import it by its name",
  }),
  NX6004: define({
    name: "left-out",
    severity: "info",
    message: (a: { form: string }) =>
      `\`${a.form}\` fails when it is reached: that module is not in the bundle`,
    help: () =>
      "nothing has to be done, unless the plugin needs it: then install the package, or import it yourself",
  }),
  NX6005: define({
    name: "secret-in-image",
    severity: "error",
    message: (a: { kind: string; file: string }) => `${a.kind} would be in the image, in \`${a.file}\``,
    help: () =>
      "read it from the environment (`env:NAME` in plugin.yaml), and revoke the one that was written down",
  }),
  NX6006: define({
    name: "lockfile-mismatch",
    severity: "error",
    message: (a: { lockfile: string; reason: string }) => `\`${a.lockfile}\` ${a.reason}`,
    help: () => "install again, so that the lockfile is written anew, and commit it",
  }),
  NX6010: define({
    name: "refused-by-azure",
    severity: "error",
    message: (a: { what: string; reason: string; help: string }) =>
      `Azure Container Apps refuses ${a.what}: ${a.reason}`,
    help: (a) => a.help,
  }),
} as const;

export type Code = keyof typeof codes;
export type CodeArgs<C extends Code> = Parameters<(typeof codes)[C]["message"]>[0];

/** What a diagnostic may carry beyond its code, place and arguments. */
export type Extra = Partial<Pick<Diagnostic, "label" | "note" | "related" | "callPath" | "fix">>;

/** The one way to make a {@link Diagnostic}. */
export function diagnostic<C extends Code>(
  code: C,
  place: Place,
  args: CodeArgs<C>,
  extra: Extra = {},
): Diagnostic {
  // The compiler cannot relate `codes[C]` to `CodeArgs<C>` for an open `C`; both come from the same entry.
  const definition = codes[code] as unknown as Definition<CodeArgs<C>>;
  return {
    code,
    name: definition.name,
    severity: definition.severity,
    message: definition.message(args),
    file: place.file,
    span: place.span,
    label: extra.label ?? null,
    note: extra.note ?? null,
    help: definition.help(args),
    permission: definition.permission?.(args) ?? null,
    related: extra.related ?? [],
    callPath: extra.callPath ?? [],
    fix: extra.fix ?? null,
    frame: [],
  };
}
