/**
 * Stands in for the module `vscode`, which exists only inside of VS Code: what the extension and its client ask when
 * they start is answered, everything else is something that can be called, made and read, and does nothing.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

export interface Extension {
  activate(): Promise<void>;
  deactivate(): Promise<void>;
}

export interface StandIn {
  readonly folder: string;
  /** The setting `noxus.command`. */
  readonly command: string;
  readonly isTrusted: boolean;
  /** Told what the extension writes into its log. */
  log(message: string): void;
}

/** Loads an extension's main file as VS Code does: a CommonJS module that finds `vscode`. */
export function loadExtension(file: string, standIn: StandIn): Extension {
  const require = createRequire(file);
  const vscode = moduleOf(standIn);
  const loaded: { exports: unknown } = { exports: {} };
  const run = new Function("require", "module", "exports", readFileSync(file, "utf8"));
  run((id: string): unknown => (id === "vscode" ? vscode : require(id)), loaded, loaded.exports);
  return loaded.exports as Extension;
}

function moduleOf({ folder, command, isTrusted, log }: StandIn): unknown {
  const channel = withAnything("channel", { error: log, warn: log, info: log, appendLine: log });
  return withAnything("vscode", {
    version: "1.91.0",
    workspace: withAnything("workspace", {
      isTrusted,
      workspaceFolders: [
        { uri: { scheme: "file", fsPath: folder, toString: () => `file://${folder}` }, name: "plugin" },
      ],
      textDocuments: [],
      notebookDocuments: [],
      getConfiguration: () => ({ get: () => command }),
    }),
    EventEmitter,
    CodeActionKind: { Empty: kind("") },
    window: withAnything("window", {
      createOutputChannel: () => channel,
      showErrorMessage: async () => undefined,
    }),
    env: withAnything("env", { language: "en", appName: "a stand-in" }),
  });
}

interface Kind {
  readonly value: string;
  append(part: string): Kind;
}

function kind(value: string): Kind {
  return { value, append: (part) => kind(value === "" ? part : `${value}.${part}`) };
}

class EventEmitter {
  event = (): { dispose(): void } => ({ dispose() {} });
  fire(): void {}
  dispose(): void {}
}

function withAnything(name: string, known: Readonly<Record<string, unknown>>): unknown {
  const made = new Map<string, unknown>(Object.entries(known));
  return new Proxy(
    {},
    {
      get(_, key) {
        if (typeof key === "symbol") return undefined;
        if (!made.has(key)) made.set(key, anything(`${name}.${key}`));
        return made.get(key);
      },
    },
  );
}

/** A class, a function, an event and an enum at once. */
function anything(name: string): unknown {
  return new Proxy(class {}, {
    get: (target, key) =>
      typeof key === "symbol" || key in target ? Reflect.get(target, key) : anything(`${name}.${key}`),
    apply: () => ({ dispose() {}, get() {}, set() {}, delete() {}, clear() {} }),
  });
}
