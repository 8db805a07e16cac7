import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type BuildOptions, build, type Message, type Metafile, type Plugin } from "esbuild";
import type { ManifestFile } from "../../runtime/manifest/types.ts";
import { diagnostic } from "../diagnostics/codes.ts";
import type { Diagnostic, Place } from "../diagnostics/types.ts";
import { digestOf } from "../load/digest.ts";
import { type Texts, writtenTexts } from "../load/texts.ts";
import { sdkFile } from "../package-root.ts";
import { spanAt, toText } from "../text.ts";
import { builtins } from "./builtins.ts";
import { importsOutside, readImports, type WaysTo } from "./imports.ts";
import {
  type Imports,
  importsOf,
  importsOfFailed,
  type NoteLookup,
  noteLookups,
  type PathMapping,
} from "./lookups.ts";
import { missingPackages } from "./missing.ts";
import type { PackageId } from "./packages.ts";
import { leavePatterns, type Patterns, patternsWithoutFile } from "./patterns.ts";

export interface BundleInput {
  readonly root: string;
  /** Entry file relative to the root, and the name of the class it exports. */
  readonly file: string;
  readonly exportName: string;
  /** Relative to the root; null when the plugin has none. */
  readonly tsconfig: string | null;
  readonly packageOf: (file: string) => PackageId | null;
  /** Where the sources are read; what is written if it is left out. */
  readonly texts?: Texts;
  /** The text that a file, by absolute path, was analysed with; null for those that nobody read. */
  readonly analysed?: (path: string) => string | null;
  /** For those who keep results: told of every path that the resolution of an import rests on. */
  readonly lookups?: { readonly mapping: PathMapping | null; readonly note: NoteLookup } | undefined;
}

export interface Bundle {
  /** ES module that exports the plugin class and nothing else. */
  readonly text: string;
  /** Source map as JSON; sources relative to the root, `noxus:plugins` for the SDK. */
  readonly map: string;
  /** Every file of the plugin and its packages that went in; sorted by path. */
  readonly sources: readonly ManifestFile[];
  /** How a package's file came in. */
  readonly waysTo: WaysTo;
}

/**
 * The one file that ships: the plugin, its packages and the SDK, tree-shaken and unminified, with Node's own modules
 * left as imports. Permissions are decided on exactly this text. Nothing is written. Reports NX2103, NX3007 and NX6001
 * to NX6004.
 */
export async function bundlePlugin(
  input: BundleInput,
  report: (found: Diagnostic) => void,
): Promise<Bundle | null> {
  return bundleWith(input, new Map(), report);
}

async function bundleWith(
  input: BundleInput,
  patterns: Patterns,
  report: (found: Diagnostic) => void,
): Promise<Bundle | null> {
  const { texts = writtenTexts } = input;
  const told: Diagnostic[] = [];
  const options = buildOptions(input, texts, patterns, (found) => told.push(found));
  const note = (imports: Imports): void => {
    if (input.lookups !== undefined) noteLookups(imports, input.lookups.mapping, input.lookups.note);
  };
  try {
    const result = await build(options);
    for (const found of told) report(found);
    note(importsOf(result.metafile, input.root));
    const outside = importsOutside(result.metafile, input.root, texts);
    for (const { specifier, place } of outside) report(diagnostic("NX6003", place, { specifier }));
    if (outside.length > 0) return null;
    const [map, code] = [".map", ".mjs"].map(
      (suffix) => result.outputFiles.find((file) => file.path.endsWith(suffix))?.text ?? "",
    );
    return {
      text: code ?? "",
      map: map ?? "",
      sources: digests(input, result.metafile, texts, report),
      waysTo: readImports(result.metafile, input.root, input.packageOf, texts),
    };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    const isInPackage = (file: string): boolean => input.packageOf(file) !== null;
    const left =
      patterns.size === 0 ? patternsWithoutFile(error.errors, input.root, isInPackage, texts) : null;
    if (left !== null) return bundleWith(input, left, report);
    for (const found of told) report(found);
    if (input.lookups !== undefined) note(await importsOfFailed(options));
    for (const message of error.errors) report(toDiagnostic(message, input.root, texts));
    return null;
  }
}

function buildOptions(
  input: BundleInput,
  texts: Texts,
  patterns: Patterns,
  report: (found: Diagnostic) => void,
) {
  return {
    stdin: {
      contents: `export { ${input.exportName} } from ${JSON.stringify(`./${input.file}`)};`,
      sourcefile: "noxus:entry",
      resolveDir: input.root,
      loader: "js",
    },
    absWorkingDir: input.root,
    outfile: join(input.root, "bundle.mjs"),
    write: false,
    bundle: true,
    metafile: true,
    format: "esm",
    platform: "node",
    target: "node22",
    conditions: ["node", "module"],
    charset: "utf8",
    // Named in the bundle, so that the runner's stack traces show the author's lines where the map lies beside it.
    sourcemap: "linked",
    // Nobody reads them there, and esbuild never ends where one is not UTF-8.
    sourcesContent: false,
    legalComments: "eof",
    logLevel: "silent",
    // What is fixed here is fixed in what ships, and is then no use of the environment.
    define: { "process.env.NODE_ENV": '"production"' },
    // Without a tsconfig of its own the plugin must not depend on one in a folder above.
    ...(input.tsconfig === null ? { tsconfigRaw: {} } : { tsconfig: join(input.root, input.tsconfig) }),
    plugins: [
      sdk,
      builtins,
      missingPackages(input.root, input.packageOf, texts, report),
      ...(patterns.size === 0 ? [] : [leavePatterns(patterns, texts)]),
      ...(texts.unsaved.size === 0 ? [] : [buffers(texts.unsaved)]),
    ],
  } satisfies BuildOptions;
}

/** `noxus/plugins` is always the SDK of the noxus that compiles, whatever the plugin has installed. */
const sdk: Plugin = {
  name: "noxus-sdk",
  setup(bundle) {
    bundle.onResolve({ filter: /^noxus\/plugins$/ }, () => ({ path: "plugins", namespace: "noxus" }));
    bundle.onLoad({ filter: /^plugins$/, namespace: "noxus" }, async () => ({
      contents: await readFile(sdkFile, "utf8"),
      loader: "ts",
    }));
  },
};

/** Unsaved texts in place of what is written. */
function buffers(unsaved: ReadonlyMap<string, string>): Plugin {
  const names = [...unsaved.keys()].map((path) => path.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return {
    name: "noxus-buffers",
    setup(bundle) {
      bundle.onLoad({ filter: new RegExp(`^(${names.join("|")})$`), namespace: "file" }, ({ path }) => {
        const contents = unsaved.get(path);
        return contents === undefined ? undefined : { contents, loader: "default" };
      });
    },
  };
}

function digests(
  { root, analysed = () => null }: BundleInput,
  metafile: Metafile,
  texts: Texts,
  report: (found: Diagnostic) => void,
): readonly ManifestFile[] {
  // Left out: our own modules, and `data:` imports, whose text stands in the source that imports them.
  const files = Object.keys(metafile.inputs).filter((path) => !/^(noxus[a-z-]*:|<data:)/.test(path));
  const found = files.map((path) => digestOf(root, path, texts, analysed(join(root, path)), report));
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function isBuildFailure(error: unknown): error is { errors: readonly Message[] } {
  return (
    error instanceof Error && "errors" in error && Array.isArray(error.errors) && error.errors.length > 0
  );
}

function toDiagnostic(message: Message, root: string, texts: Texts): Diagnostic {
  const place = placeOf(message, root, texts);
  const unresolved = /^Could not resolve "(.*)"$/.exec(message.text)?.[1];
  if (unresolved !== undefined)
    return diagnostic("NX6001", place, { specifier: unresolved, help: helpFor(unresolved) });
  const native = /^No loader is configured for "\.(node|wasm)" files: (.*)$/.exec(message.text);
  if (native !== null) return diagnostic("NX3007", place, { what: `\`${native[2]}\`` });
  return diagnostic("NX6002", place, { text: message.text.charAt(0).toLowerCase() + message.text.slice(1) });
}

function helpFor(specifier: string): string {
  if (/^[./]/.test(specifier)) return "correct the path, or create the file";
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  return `install it: npm install ${name}`;
}

/** esbuild counts columns in UTF-8 bytes from 0. */
function placeOf(message: Message, root: string, texts: Texts): Place {
  const location = message.location;
  if (location === null || location.file === "noxus:entry") return { file: "plugin.yaml", span: null };
  const text = toText(texts.read(join(root, location.file)) ?? "");
  const lineStart = text.lineStarts[location.line - 1] ?? 0;
  const units = (bytes: number): number =>
    Buffer.from(location.lineText).subarray(0, bytes).toString().length;
  const start = lineStart + units(location.column);
  const end = lineStart + units(location.column + location.length);
  return { file: location.file, span: spanAt(text, start, end) };
}
