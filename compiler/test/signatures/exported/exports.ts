import { join } from "node:path";
import ts from "typescript";
import { parseDeclarations } from "../oracle.ts";

/** Packages of compiler/test/packages whose declarations are read: SDK requests, options, configuration. */
export const packages: readonly string[] = [
  "@anthropic-ai/sdk",
  "@aws-sdk/client-s3",
  "@azure/storage-blob",
  "@google/generative-ai",
  "@octokit/rest",
  "@slack/web-api",
  "ajv",
  "axios",
  "cheerio",
  "commander",
  "csv-parse",
  "date-fns",
  "dayjs",
  "execa",
  "fast-xml-parser",
  "fuse.js",
  "glob",
  "got",
  "ioredis",
  "joi",
  "jose",
  "json5",
  "ky",
  "lru-cache",
  "marked",
  "openai",
  "p-queue",
  "pino",
  "redis",
  "stripe",
  "undici",
  "uuid",
  "winston",
  "yaml",
  "zod",
];

/** An exported type as an author would write it, with `module` for the package. */
export interface ExportedType {
  readonly package: string;
  readonly text: string;
}

/** Namespaces in namespaces in namespaces: deeper ones repeat what stands above. */
const deepest = 3;

/**
 * Every type that the packages export, in namespaces too, in the order of their names. A generic one gets `any` for each
 * parameter without a default.
 */
export function exportedTypes(
  root: string,
  names: readonly string[],
  typeRoots: readonly string[],
): readonly ExportedType[] {
  const file = join(root, "exports.ts");
  const text = names.map((name, i) => `import * as m${i} from ${JSON.stringify(name)};\nm${i};`).join("\n");
  const options: ts.CompilerOptions = {
    strict: true,
    target: ts.ScriptTarget.ES2023,
    lib: ["lib.es2023.d.ts"],
    types: ["node"],
    typeRoots: [...typeRoots],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    customConditions: ["node"],
    noEmit: true,
  };
  const host = ts.createCompilerHost(options);
  host.getSourceFile = (path, language) =>
    path === file ? ts.createSourceFile(path, text, language) : parseDeclarations(path, language);
  host.fileExists = (path) => path === file || ts.sys.fileExists(path);
  const program = ts.createProgram([file], options, host);
  const checker = program.getTypeChecker();
  const imports = program.getSourceFile(file)?.statements.filter(ts.isImportDeclaration) ?? [];
  return names.flatMap((name, i) => {
    const specifier = imports[i]?.moduleSpecifier;
    const module = specifier === undefined ? undefined : checker.getSymbolAtLocation(specifier);
    if (module === undefined) throw new Error(`${name} is not installed or has no declarations`);
    const found = new Map<ts.Symbol, string>();
    collect(module, "module", 0, checker, found);
    return [...found.values()].sort().map((written) => ({ package: name, text: written }));
  });
}

function collect(
  holder: ts.Symbol,
  prefix: string,
  depth: number,
  checker: ts.TypeChecker,
  found: Map<ts.Symbol, string>,
): void {
  for (const exported of checker.getExportsOfModule(holder)) {
    const target = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const name = `${prefix}.${exported.name}`;
    if (!/^[\w$.]+$/.test(name) || found.has(target)) continue;
    if (target.flags & ts.SymbolFlags.Type) found.set(target, `${name}${typeArguments(target)}`);
    if (target.flags & ts.SymbolFlags.Namespace && depth < deepest)
      collect(target, name, depth + 1, checker, found);
  }
}

function typeArguments(symbol: ts.Symbol): string {
  const parameters =
    symbol.declarations?.flatMap((declaration) =>
      ts.isInterfaceDeclaration(declaration) ||
      ts.isClassDeclaration(declaration) ||
      ts.isTypeAliasDeclaration(declaration)
        ? [declaration.typeParameters ?? []]
        : [],
    )[0] ?? [];
  const needed = parameters.filter((parameter) => parameter.default === undefined);
  return needed.length === 0 ? "" : `<${needed.map(() => "any").join(", ")}>`;
}
