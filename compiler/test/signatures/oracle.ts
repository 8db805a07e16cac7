import { join } from "node:path";
import ts from "typescript";
import type { Json } from "./values.ts";

/** A type under test: the files that declare it, and its name in the first of them, which exports it. */
export interface Declared {
  /** Path below the case's own folder -> text; `types.ts` exports `Input`. */
  readonly files: Readonly<Record<string, string>>;
}

export interface Oracle {
  readonly checker: ts.TypeChecker;
  /** The resolved `Input` of each case; null where its files have an error of their own, which `errors` gives. */
  readonly types: readonly (ts.Type | null)[];
  readonly errors: readonly (string | null)[];
  /** For each case, for each value: whether TypeScript lets a literal with this value be an `Input`. */
  judge(values: readonly (readonly Json[])[]): readonly (readonly boolean[])[];
}

export interface OracleOptions {
  /** Existing folder in which imports resolve; nothing is written into it. */
  readonly root: string;
  /** Folders with the types of Node; without one there are none. */
  readonly typeRoots?: readonly string[];
  readonly exactOptionalPropertyTypes?: boolean;
}

const libraries = new Map<string, ts.SourceFile>();

/**
 * TypeScript itself as the judge: values are written as literals into files that are type-checked, with the options that
 * noxus gives to a plugin. Such a literal is fresh, so that unknown keys count.
 */
export function openOracle(cases: readonly Declared[], options: OracleOptions): Oracle {
  const folder = join(options.root, "oracle");
  const virtual = new Map<string, string>();
  const entries = cases.map((entry, i) => {
    for (const [path, text] of Object.entries(entry.files)) virtual.set(join(folder, `c${i}`, path), text);
    return join(folder, `c${i}`, "types.ts");
  });
  const host = hostOver(virtual, options);
  const first = ts.createProgram(entries, compilerOptions(options), host);
  const checker = first.getTypeChecker();
  const errors = entries.map((entry, i) => {
    const own = Object.keys(cases[i]?.files ?? {}).map((path) => join(folder, `c${i}`, path));
    const found = [entry, ...own.filter((path) => path !== entry)].flatMap((path) => {
      const file = first.getSourceFile(path);
      if (file === undefined || path.endsWith(".json")) return [];
      return [...first.getSyntacticDiagnostics(file), ...first.getSemanticDiagnostics(file)];
    });
    return found[0] === undefined ? null : ts.flattenDiagnosticMessageText(found[0].messageText, " ");
  });
  const types = entries.map((entry, i) => (errors[i] === null ? inputType(first, entry) : null));

  const judge = (values: readonly (readonly Json[])[]): readonly (readonly boolean[])[] => {
    const files = values.map((list, i) => {
      const path = join(folder, `c${i}`, "values.ts");
      const lines = list.map((value, k) => `const v${k}: Input = ${literal(value)};`);
      virtual.set(path, ['import type { Input } from "./types.ts";', ...lines].join("\n"));
      return path;
    });
    const second = ts.createProgram([...entries, ...files], compilerOptions(options), host, first);
    return files.map((path, i) => {
      const file = second.getSourceFile(path);
      if (file === undefined) throw new Error(`TypeScript does not see ${path}`);
      const broken = new Set(
        second
          .getSemanticDiagnostics(file)
          .map((found) => file.getLineAndCharacterOfPosition(found.start ?? 0).line - 1),
      );
      return (values[i] ?? []).map((_, k) => !broken.has(k));
    });
  };
  return { checker, types, errors, judge };
}

function compilerOptions({ typeRoots, exactOptionalPropertyTypes }: OracleOptions): ts.CompilerOptions {
  return {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2023,
    lib: ["lib.es2023.d.ts"],
    types: typeRoots === undefined ? [] : ["node"],
    ...(typeRoots === undefined ? {} : { typeRoots: [...typeRoots] }),
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    customConditions: ["node"],
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    skipLibCheck: true,
    noErrorTruncation: false,
    exactOptionalPropertyTypes: exactOptionalPropertyTypes ?? false,
  };
}

/** Files from memory before those on disk; what stands on disk is parsed once in this process. */
function hostOver(virtual: ReadonlyMap<string, string>, options: OracleOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(compilerOptions(options), true);
  return {
    ...host,
    fileExists: (path) => virtual.has(path) || ts.sys.fileExists(path),
    directoryExists: (path) =>
      ts.sys.directoryExists(path) || [...virtual.keys()].some((file) => file.startsWith(`${path}/`)),
    readFile: (path) => virtual.get(path) ?? ts.sys.readFile(path),
    getSourceFile: (path, language) => {
      const text = virtual.get(path);
      if (text !== undefined) return ts.createSourceFile(path, text, language, true);
      return parseDeclarations(path, language);
    },
  };
}

/** A file on disk, parsed once in this process and without its comments, which are half of many declarations. */
export function parseDeclarations(
  path: string,
  language: ts.ScriptTarget | ts.CreateSourceFileOptions,
): ts.SourceFile | undefined {
  const known = libraries.get(path);
  if (known !== undefined) return known;
  const text = ts.sys.readFile(path);
  if (text === undefined) return undefined;
  const made = ts.createSourceFile(path, text, {
    ...(typeof language === "object" ? language : { languageVersion: language }),
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
  });
  libraries.set(path, made);
  return made;
}

function inputType(program: ts.Program, path: string): ts.Type | null {
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(path);
  const symbol = file === undefined ? undefined : checker.getSymbolAtLocation(file);
  if (symbol === undefined) return null;
  const input = checker.getExportsOfModule(symbol).find((entry) => entry.name === "Input");
  return input === undefined ? null : checker.getDeclaredTypeOfSymbol(input);
}

/** A value as TypeScript source. A bare `__proto__` key would set the prototype. */
export function literal(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([key, part]) => `${key === "__proto__" ? '["__proto__"]' : JSON.stringify(key)}: ${literal(part)}`,
  );
  return `{ ${entries.join(", ")} }`;
}
