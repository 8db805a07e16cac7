import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { type CompilerOptions, Project, ts } from "ts-morph";
import type { PathMapping } from "../bundle/lookups.ts";
import { diagnostic } from "../diagnostics/codes.ts";
import type { Diagnostic } from "../diagnostics/types.ts";
import { sdkFile, typeFolders } from "../package-root.ts";
import { relativePath } from "../paths.ts";
import { spanAt, toText } from "../text.ts";
import { continueProgram } from "./continue.ts";
import { type Memory, typeChecks } from "./memory.ts";
import { libraryFolder, shareDeclarations } from "./shared.ts";
import { type Texts, writtenTexts } from "./texts.ts";

export interface LoadedProject {
  readonly project: Project;
  /** Of the analysis before, for those who analyse again and again. */
  readonly memory: Memory | undefined;
  /** Path relative to the root, or null when the plugin has no tsconfig.json. */
  readonly tsconfig: string | null;
  /** The `types` that {@link completeTypes} adds where they are needed; null where all are there. */
  readonly laterTypes: readonly string[] | null;
  /** Its `paths`; null where it has none. */
  readonly mapping: PathMapping | null;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * A TypeScript project for the plugin in `root`: its own tsconfig.json where it has one, with module resolution as the
 * bundler does it. Nothing is emitted, and nothing of the plugin runs.
 */
export function loadProject(root: string, { unsaved }: Texts = writtenTexts, memory?: Memory): LoadedProject {
  const file = join(root, "tsconfig.json");
  const hasTsconfig = existsSync(file);
  const own = readTsconfig(root, hasTsconfig ? file : null);
  const types = own.options.types ?? nodeTypes;
  const areLater = types.length === 1 && types[0] === nodeTypes[0] && memory?.needsTypes !== true;
  const laterTypes = areLater ? nodeTypes : null;
  const project = new Project({
    compilerOptions: {
      ...defaults,
      ...withoutEmit(own.options),
      ...forced(root, own.options),
      types: laterTypes === null ? types : [],
    },
    skipAddingFilesFromTsConfig: true,
  });
  if (unsaved.size > 0) readFrom(project, unsaved);
  const folders = [libraryFolder, ...ownTypes.map((folder) => `${folder}/`)];
  const treeOf = shareDeclarations(project, folders, memory);
  if (memory !== undefined) continueProgram(project, memory, treeOf, unsaved);
  // Ambient declarations are part of the program without being imported.
  for (const ambient of own.ambient) project.addSourceFileAtPathIfExists(ambient);
  const tsconfig = hasTsconfig ? "tsconfig.json" : null;
  const mapping = mappingOf(root, own.options);
  return { project, memory, tsconfig, laterTypes, mapping, diagnostics: own.diagnostics };
}

/** Lets the project, whose file system is its own, see unsaved texts in place of what is written. */
function readFrom(project: Project, unsaved: ReadonlyMap<string, string>): void {
  const files = project.getFileSystem();
  const read = files.readFileSync.bind(files);
  files.readFileSync = (path, encoding) => unsaved.get(path) ?? read(path, encoding);
}

function mappingOf(root: string, { baseUrl, paths, pathsBasePath }: CompilerOptions): PathMapping | null {
  const base = baseUrl ?? (typeof pathsBasePath === "string" ? pathsBasePath : root);
  // With a base, every bare specifier may also be a path from there.
  const all = { ...(baseUrl === undefined ? {} : { "*": ["*"] }), ...paths };
  return Object.keys(all).length === 0 ? null : { base, paths: all };
}

const defaults: CompilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ES2023,
  lib: ["lib.es2023.d.ts"],
};

const nodeTypes = ["node"];

/** Where emitted files would go; nothing is emitted, and the SDK lies outside of any plugin's `rootDir`. */
const emitOptions = [
  "outDir",
  "rootDir",
  "rootDirs",
  "outFile",
  "declarationDir",
  "tsBuildInfoFile",
] as const;

function withoutEmit(own: CompilerOptions): CompilerOptions {
  const kept = { ...own };
  for (const key of emitOptions) delete kept[key];
  return kept;
}

/** What must be so for the analysis to see what the bundle will hold. */
function forced(root: string, own: CompilerOptions): CompilerOptions {
  return {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    customConditions: ["node"],
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    allowJs: true,
    checkJs: own.checkJs ?? false,
    noEmit: true,
    skipLibCheck: true,
    composite: false,
    incremental: false,
    declaration: false,
    // The plugin's own @types win; noxus's stand in before any `npm install`.
    typeRoots: [...typeRootsAbove(root), ...(own.typeRoots ?? []), ...ownTypes.slice(0, 1).map(dirname)],
    paths: { ...own.paths, "noxus/plugins": [sdkFile] },
    ...(own.paths === undefined ? { pathsBasePath: root } : {}),
  };
}

/** Noxus's own declarations of Node, and what they import, where TypeScript finds them. */
const ownTypes: readonly string[] = typeFolders().map((folder) => realpathSync.native(folder));

function typeRootsAbove(folder: string): readonly string[] {
  const found = join(folder, "node_modules", "@types");
  const parent = dirname(folder);
  return [...(existsSync(found) ? [found] : []), ...(parent === folder ? [] : typeRootsAbove(parent))];
}

function readTsconfig(
  root: string,
  file: string | null,
): { options: CompilerOptions; ambient: readonly string[]; diagnostics: readonly Diagnostic[] } {
  const read = file === null ? {} : ts.readConfigFile(file, ts.sys.readFile);
  const parsed = ts.parseJsonConfigFileContent(read.config ?? {}, ts.sys, root, undefined, file ?? undefined);
  const errors = [...(read.error === undefined ? [] : [read.error]), ...parsed.errors].filter(
    (error) => !ignoredTsconfigErrors.has(error.code),
  );
  const diagnostics = errors.map((error) => {
    const at = error.file?.fileName ?? join(root, "tsconfig.json");
    const text = error.file === undefined ? null : toText(error.file.text);
    const span =
      text === null || error.start === undefined
        ? null
        : spanAt(text, error.start, error.start + (error.length ?? 0));
    return diagnostic("NX2101", { file: relativePath(root, at), span }, { text: textOf(error, root) });
  });
  const ambient = parsed.fileNames.filter((name) => /\.d\.[cm]?ts$/.test(name));
  return { options: parsed.options, ambient, diagnostics };
}

/** 18003: no inputs were found. The entrypoint decides what is read, not `include`. */
const ignoredTsconfigErrors: ReadonlySet<number> = new Set([18003]);

/** TypeScript's own errors in the plugin's sources, as NX2100; those of packages and of noxus are left out. */
export function typescriptErrors(
  { project, memory }: Pick<LoadedProject, "project" | "memory">,
  root: string,
  files: readonly ts.SourceFile[],
): Diagnostic[] {
  const program = project.getProgram().compilerObject;
  const { errorsOf } = typeChecks(program, memory);
  const found = files.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...errorsOf(file)]);
  const global = [...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics()].filter(
    (entry) => !moduleOptionErrors.has(entry.code),
  );
  return [...global, ...found].map((entry) => {
    const args = { code: entry.code, text: textOf(entry, root) };
    if (entry.file === undefined)
      return diagnostic(
        "NX2101",
        { file: "tsconfig.json", span: null },
        { text: `${args.text} (TS${args.code})` },
      );
    const source = toText(entry.file.text);
    const start = entry.start ?? 0;
    const place = {
      file: relativePath(root, entry.file.fileName),
      span: spanAt(source, start, start + (entry.length ?? 0)),
    };
    const related = (entry.relatedInformation ?? []).flatMap((info) => {
      if (info.file === undefined || info.start === undefined || !isWithin(root, info.file.fileName))
        return [];
      const at = spanAt(toText(info.file.text), info.start, info.start + (info.length ?? 0));
      return [{ message: textOf(info, root), file: relativePath(root, info.file.fileName), span: at }];
    });
    return diagnostic("NX2100", place, args, { related });
  });
}

/** Complaints about options that {@link forced} makes meaningless, such as an `outDir` without emit. */
const moduleOptionErrors: ReadonlySet<number> = new Set([5069, 5091, 5095, 5109, 5110, 6304, 6379]);

/** Whether this is a file of the plugin in `root`, and not of a package. */
export function isWithin(root: string, file: string): boolean {
  const path = relativePath(root, file);
  return !path.startsWith("../") && !path.split("/").includes("node_modules");
}

/** TypeScript's message on one line in our style: lower case, names in backticks, no path of this machine. */
function textOf(entry: ts.DiagnosticRelatedInformation, root: string): string {
  const lines = ts.flattenDiagnosticMessageText(entry.messageText, "\n").split("\n");
  const text = lines.map((line) => line.trim().replace(/\.$/, "")).join("; ");
  // Not the apostrophe of a word such as "can't".
  const quoted = text.replaceAll(`${root}/`, "").replace(/(?<![A-Za-z])'([^']*)'(?![A-Za-z])/g, "`$1`");
  return /^[A-Z][a-z]/.test(quoted) ? quoted.charAt(0).toLowerCase() + quoted.slice(1) : quoted;
}

/** The plugin's own files in the program: not packages, not noxus, not declarations. */
export function ownSourceFiles(project: Project, root: string): readonly ts.SourceFile[] {
  const program = project.getProgram().compilerObject;
  return program.getSourceFiles().filter((file) => !file.isDeclarationFile && isWithin(root, file.fileName));
}
