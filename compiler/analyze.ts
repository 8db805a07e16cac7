import { existsSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ManifestFile } from "../runtime/manifest/types.ts";
import { type Bundle, bundlePlugin } from "./bundle/bundle.ts";
import type { NoteLookup } from "./bundle/lookups.ts";
import { directDependencies, type PackageInfo, packageFinder, packagesBelow } from "./bundle/packages.ts";
import { Cancelled, type CancelSignal } from "./cancel.ts";
import { arrange } from "./diagnostics/arrange.ts";
import { diagnostic } from "./diagnostics/codes.ts";
import { withGrants } from "./diagnostics/grant.ts";
import type { Diagnostic, Place } from "./diagnostics/types.ts";
import { readCall } from "./extract/call.ts";
import { placeOf } from "./extract/classes.ts";
import { findEntrypoint } from "./extract/entrypoint.ts";
import { type NodeMembers, readMembers } from "./extract/members.ts";
import { type ListedNode, listNodes } from "./extract/nodes.ts";
import { loadConfig, type PluginConfig } from "./load/config.ts";
import { digestOf } from "./load/digest.ts";
import { type Memory, typeChecks } from "./load/memory.ts";
import { completeTypes } from "./load/node-types.ts";
import { type LoadedProject, loadProject, ownSourceFiles, typescriptErrors } from "./load/project.ts";
import { readPluginFile, unreadableSource } from "./load/read.ts";
import { type Texts, textsOver, writtenTexts } from "./load/texts.ts";
import { buildManifest, bundleFile, bundleMapFile, validatorsFile } from "./manifest/build.ts";
import { relativePath } from "./paths.ts";
import { findPermissions } from "./permissions/index.ts";
import { formatPermission } from "./permissions/permission.ts";
import {
  type Before,
  type DescribedNode,
  type FoundEntrypoint,
  isEntrypointSame,
  type KnownTypes,
  knowTypes,
  unaffectedNodes,
} from "./reuse.ts";
import { typeReader } from "./signatures/checker.ts";
import { compareConfiguration } from "./signatures/configuration.ts";
import { schemasOf } from "./signatures/index.ts";
import { buildValidators, findFaults } from "./signatures/validators.ts";
import { toText } from "./text.ts";
import type { Analysis, AnalyzedNode, AnalyzedPermissions } from "./types.ts";

export interface AnalyzeOptions {
  /**
   * Told of every path that the bundler's resolution rests on. What else an analysis looks at it looks at in this
   * thread; the bundler is a process of its own.
   */
  readonly note?: NoteLookup;
  /** Texts that an editor holds unsaved, by real absolute path; they count in place of what is written. */
  readonly unsaved?: ReadonlyMap<string, string>;
  /** For those who analyse one plugin again and again: what was found out before is used again. */
  readonly memory?: Memory;
  /** False for those who only want to know what is wrong: it takes code for every schema. True if it is left out. */
  readonly manifest?: boolean;
  /** For those who keep what was found out about a plugin's types, and may know some of it. */
  readonly types?: {
    /** Null where nothing is known that could still hold. */
    readonly before: Before | null;
    /** Told of what there is to keep; null where that is nothing after all. */
    readonly keep: (types: KnownTypes | null) => void;
  };
  /** Asked between steps; an analysis that nobody waits for any more ends with `Cancelled`. */
  readonly signal?: CancelSignal;
}

/**
 * Reads the plugin in `folder` and finds out everything that its manifest says, without running any of it.
 *
 * An author's mistake is a diagnostic, never an exception; analysis goes on after it as far as it can. Without an
 * error the analysis carries the manifest and the files to go beside it, unless nobody asked. Nothing is written.
 */
export async function analyze(folder: string, options: AnalyzeOptions = {}): Promise<Analysis> {
  const root = existsSync(folder) ? realpathSync(folder) : resolve(folder);
  for (let tries = 1; ; tries++) {
    const analysis = await analyzeOnce(root, tries === 1 ? options : withoutBefore(options));
    const isTorn = analysis.diagnostics.some(({ code }) => code === "NX2103");
    if (!isTorn || tries === mostTries) return analysis;
  }
}

/** How often an analysis begins anew because a file changed under it. */
const mostTries = 3;

function withoutBefore({ types, ...options }: AnalyzeOptions): AnalyzeOptions {
  return types === undefined ? options : { ...options, types: { ...types, before: null } };
}

async function analyzeOnce(root: string, options: AnalyzeOptions): Promise<Analysis> {
  const seen: Seen = { pluginFile: "plugin.yaml", config: null, diagnostics: [] };
  try {
    return await analyzeAll(root, options, seen);
  } catch (error) {
    const unreadable = unreadableSource(error, root);
    if (unreadable === null) throw error;
    const texts = textsOver(options.unsaved ?? new Map());
    const origin = { root, texts, entrypoint: null };
    return finish(origin, seen.pluginFile, seen.config, [...seen.diagnostics, unreadable]);
  }
}

/** What an analysis had come to know when a file turned out to be unreadable. */
interface Seen {
  pluginFile: string;
  config: PluginConfig | null;
  readonly diagnostics: Diagnostic[];
}

async function analyzeAll(root: string, options: AnalyzeOptions, seen: Seen): Promise<Analysis> {
  const { diagnostics } = seen;
  const report = (found: Diagnostic): void => {
    diagnostics.push(found);
  };

  const texts = options.unsaved === undefined ? writtenTexts : textsOver(options.unsaved);
  let at: Origin = { root, texts, entrypoint: null };
  const proceed = (): void => {
    if (options.signal?.aborted) throw new Cancelled();
  };

  // plugin.yaml
  const file = await readPluginFile(root, texts);
  seen.pluginFile = file.name;
  diagnostics.push(...file.diagnostics);
  if (file.text === null) return finish(at, file.name, null, diagnostics);
  const loaded = loadConfig(file.name, toText(file.text));
  diagnostics.push(...loaded.diagnostics);
  const config = loaded.config;
  seen.config = config;
  if (config === null || config.entrypoint === null) return finish(at, file.name, config, diagnostics);

  // Sources: entrypoint, nodes, signatures
  const packageOf = packageFinder(root);
  const started: Promise<Bundle | null>[] = [];
  const bundled: Diagnostic[] = [];
  let analysed = (_path: string): string | null => null;
  const startBundle: StartBundle = ({ tsconfig, mapping }, entrypoint, textOf) => {
    analysed = textOf;
    if (started.length > 0) return;
    const { file, exportName } = entrypoint;
    const lookups = options.note && { mapping, note: options.note };
    const texted = { texts, analysed: (path: string) => analysed(path) };
    const input = { root, file, exportName, tsconfig, packageOf, ...texted, lookups };
    started.push(bundlePlugin(input, (found) => bundled.push(found)));
  };
  const input: SourceInput = { root, texts, file: file.name, config, memory: options.memory, diagnostics };
  const { before = null, keep } = options.types ?? {};
  const known = before && knownSources(input, before, startBundle);
  if (known !== null) keep?.(known.types);
  const read = known ?? (await readSources(input, startBundle, proceed, keep));
  const { entrypoint, described, incomplete, tsconfig } = read;
  if (entrypoint === null) return finish(at, file.name, config, diagnostics);
  at = { ...at, entrypoint: entrypoint.place };

  proceed();

  // What ships, and what it may touch
  const bundle = await started[0];
  diagnostics.push(...bundled);
  if (bundle === undefined || bundle === null) return finish(at, file.name, config, diagnostics, described);
  const found = permissionsOf(
    bundle,
    config,
    described,
    entrypoint.exportName,
    file.name,
    root,
    packageOf,
    texts,
    options.memory,
  );
  diagnostics.push(...withGrants(found.diagnostics, file.name, file.text));
  const nodes = described.map((node) => ({ ...node, permissions: found.byNode.get(node.name) ?? [] }));

  proceed();
  const complete = nodes.filter((node) => !incomplete.has(node.name));
  const validators =
    options.manifest === false
      ? { text: null, faults: findFaults(complete, options.memory?.faults) }
      : await buildValidators(complete);
  for (const fault of validators.faults) {
    const node = nodes.find((candidate) => candidate.name === fault.node);
    const place = node?.source ?? { file: file.name, span: null };
    report(diagnostic("NX2013", place, { path: `${node?.class}.${fault.part}`, reason: fault.reason }));
  }

  for (const { path } of bundle.sources.filter((source) => known?.isOther(source)))
    report(diagnostic("NX2103", { file: path, span: null }, { file: path }));
  const settings = tsconfig === null ? [] : [digestOf(root, tsconfig, texts, null, report)];
  const pluginFile = digestOf(root, file.name, texts, file.text, report);
  const sources = [...bundle.sources, pluginFile, ...settings].sort((a, b) => (a.path < b.path ? -1 : 1));
  const analysis = finish(at, file.name, config, diagnostics, nodes, found.permissions, sources);
  if (analysis.diagnostics.some((entry) => entry.severity === "error")) return analysis;
  const { name, version } = config;
  if (name === null || version === null || validators.text === null) return analysis;
  const manifest = buildManifest({
    config: { ...config, name, version },
    entrypoint: { file: entrypoint.file, export: entrypoint.exportName },
    nodes,
    permissions: found.permissions,
    sources,
    bundle: bundle.text,
    validators: validators.text,
  });
  return {
    ...analysis,
    manifest,
    artifacts: [
      { path: bundleFile, text: bundle.text },
      { path: bundleMapFile, text: bundle.map },
      { path: validatorsFile, text: validators.text },
    ],
  };
}

interface SourceInput {
  readonly root: string;
  readonly texts: Texts;
  /** Name of the plugin file. */
  readonly file: string;
  readonly config: PluginConfig;
  readonly memory: Memory | undefined;
  /** Where what there is to say goes. */
  readonly diagnostics: Diagnostic[];
}

/** What the plugin's sources say. */
interface ReadSources {
  /** Null where it could not be found; then there is nothing else. */
  readonly entrypoint: FoundEntrypoint | null;
  readonly described: readonly DescribedNode[];
  /** Names of nodes whose schemas could not all be made. */
  readonly incomplete: ReadonlySet<string>;
  readonly tsconfig: string | null;
}

/** With the text that a file was analysed with, by absolute path. */
type StartBundle = (
  project: LoadedProject,
  entrypoint: FoundEntrypoint,
  textOf: (path: string) => string | null,
) => void;

interface KnownSources extends ReadSources {
  readonly types: KnownTypes;
  /** Whether this is not the text that the analysis before was about, and was not known to be edited. */
  readonly isOther: (source: ManifestFile) => boolean;
}

/** As {@link readSources} would say, from what was found out before; null where that does not hold for certain. */
function knownSources(
  { root, texts, diagnostics }: SourceInput,
  before: Before,
  startBundle: StartBundle,
): KnownSources | null {
  if (!isEntrypointSame(before)) return null;
  const { types, edited } = before;
  try {
    const project = loadProject(root, texts);
    startBundle(
      project,
      types.entrypoint,
      (path) => project.project.getSourceFile(path)?.getFullText() ?? null,
    );
    const described = unaffectedNodes(project, before, root);
    if (described === null) return null;
    diagnostics.push(...project.diagnostics);
    const digests = new Map(before.sources.map(({ path, sha256 }) => [path, sha256]));
    const isOther = ({ path, sha256 }: ManifestFile): boolean =>
      types.outlines[path] !== undefined && !edited.includes(path) && digests.get(path) !== sha256;
    const { tsconfig } = project;
    return { entrypoint: types.entrypoint, described, incomplete: new Set(), tsconfig, types, isOther };
  } catch (error) {
    // A file that cannot be read is told by whoever reads all of them.
    if (unreadableSource(error, root) === null) throw error;
    return null;
  }
}

async function readSources(
  { root, texts, file, config, memory, diagnostics }: SourceInput,
  startBundle: StartBundle,
  proceed: () => void,
  keep?: (types: KnownTypes | null) => void,
): Promise<ReadSources> {
  keep?.(null);
  const before = diagnostics.length;
  const report = (found: Diagnostic): void => {
    diagnostics.push(found);
  };
  const project = loadProject(root, texts, memory);
  const { tsconfig } = project;
  diagnostics.push(...project.diagnostics);
  const value = config.entrypoint && { ...config.entrypoint, file };
  const found = value && findEntrypoint(project.project, root, value, report);
  completeTypes(project, root);
  const incomplete = new Set<string>();
  if (found === null) {
    diagnostics.push(...sourceErrors(project, root));
    return { entrypoint: null, described: [], incomplete, tsconfig };
  }
  const { plugin, exportName } = found;
  const place = placeOf(plugin.getNameNode() ?? plugin, root);
  const entrypoint = { file: relativePath(root, found.file.getFilePath()), exportName, place };
  const program = project.project.getProgram().compilerObject;
  startBundle(project, entrypoint, (path) => program.getSourceFile(path)?.text ?? null);
  proceed();
  const listed = listNodes(plugin, root, report);
  const described = describeNodes(listed, project, config.timeoutMs, root, incomplete, report);
  await compareConfiguration(plugin, program, config.configuration, root, report);
  diagnostics.push(...sourceErrors(project, root));
  if (diagnostics.length === before) keep?.(knowTypes(project, root, entrypoint));
  return { entrypoint, described, incomplete, tsconfig };
}

/** What `call` says, as plain data. */
type DescribedCall = Omit<DescribedNode, keyof NodeMembers | "class" | "source">;

/**
 * Members, signature and schemas of every listed node; a node without a signature is left out. Names of those whose schemas could not
 * all be made go into `incomplete`. Reports NX2007 besides.
 */
export function describeNodes(
  listed: readonly ListedNode[],
  { project, memory }: LoadedProject,
  timeoutMs: number,
  root: string,
  incomplete: Set<string>,
  report: (found: Diagnostic) => void,
): readonly DescribedNode[] {
  const describe = callReader(project, memory, root);
  const byName = new Map<string, { node: ListedNode; members: NodeMembers }>();
  return listed.flatMap((node) => {
    const members = readMembers(node, timeoutMs, root, report);
    const other = byName.get(members.name);
    if (other !== undefined) {
      const related = [{ message: `\`${other.node.className}\` is listed here`, ...other.node.listedAt }];
      const args = { name: members.name, first: other.node.className, second: node.className };
      report(diagnostic("NX2007", node.listedAt, args, { related }));
      return [];
    }
    byName.set(members.name, { node, members });
    const { call, isComplete, diagnostics } = describe(node);
    for (const found of diagnostics) report(found);
    if (call === null) return [];
    if (!isComplete) incomplete.add(members.name);
    const source = placeOf(node.declaration.getNameNode() ?? node.declaration, root);
    return [{ ...members, ...call, class: node.className, source }];
  });
}

/** Reads the signature of a node's `call` and makes its schemas; null where there is none that could be served. */
function callReader(project: LoadedProject["project"], memory: Memory | undefined, root: string) {
  const { once } = typeChecks(project.getProgram().compilerObject, memory);
  const checker = project.getTypeChecker().compilerObject;
  const reader = typeReader(checker);
  const read = (node: ListedNode) => {
    const diagnostics: Diagnostic[] = [];
    const report = (found: Diagnostic): void => {
      diagnostics.push(found);
    };
    const signature = readCall(node, checker, root, report);
    if (signature === null) return { call: null, isComplete: false, diagnostics };
    const { isComplete, ...schemas } = schemasOf(signature, checker, reader, root, report);
    const { takesContext, spreadsLast } = signature;
    const call: DescribedCall = { ...schemas, takesContext, spreadsLast };
    return { call, isComplete, diagnostics };
  };
  return (node: ListedNode) => {
    const { compilerNode } = node.declaration;
    return once(compilerNode.getSourceFile(), `call of ${compilerNode.pos}`, () => read(node));
  };
}

/** TypeScript's own errors in the plugin's files. */
function sourceErrors(loaded: LoadedProject, root: string): readonly Diagnostic[] {
  return typescriptErrors(loaded, root, ownSourceFiles(loaded.project, root));
}

/** What the bundle may touch, compared with what plugin.yaml declares. */
export function permissionsOf(
  bundle: Bundle,
  config: PluginConfig,
  nodes: readonly DescribedNode[],
  pluginExport: string,
  pluginFile: string,
  root: string,
  packageOf: (file: string) => PackageInfo | null,
  { read }: Texts,
  memory: Memory | undefined,
) {
  const known = new Map<string, string | null>();
  const sourceText = (file: string): string | null => {
    const text = known.get(file) ?? read(join(root, file));
    known.set(file, text);
    return text;
  };
  return findPermissions({
    bundle: bundle.text,
    map: bundle.map,
    files: bundle.sources.map((source) => source.path),
    sourceText,
    pluginFile,
    pluginExport,
    nodes: nodes.map((node) => ({
      name: node.name,
      class: node.class,
      file: node.source.file,
      line: node.source.span?.start.line ?? 1,
      column: node.source.span?.start.column ?? 1,
    })),
    declared: config.permissions,
    permissionsSpan: config.permissionsSpan,
    packageOf,
    waysTo: bundle.waysTo,
    dependencies: directDependencies(root),
    below: packagesBelow(root),
    memory,
  });
}

const noPermissions: AnalyzedPermissions = { declared: [], used: [], unused: [], unresolved: [], uses: [] };

/** Where the analysed texts are, and in them the plugin class, once it is found. */
interface Origin {
  readonly root: string;
  readonly texts: Texts;
  readonly entrypoint: Place | null;
}

function finish(
  { root, texts, entrypoint }: Origin,
  pluginFile: string,
  config: PluginConfig | null,
  diagnostics: readonly Diagnostic[],
  nodes: readonly (DescribedNode & Partial<Pick<AnalyzedNode, "permissions">>)[] = [],
  permissions?: AnalyzedPermissions,
  sources: readonly ManifestFile[] = [],
): Analysis {
  const declared = (config?.permissions ?? []).map((entry) => formatPermission(entry.permission));
  return {
    root,
    pluginFile,
    name: config?.name ?? null,
    version: config?.version ?? null,
    description: config?.identity.description ?? null,
    entrypoint,
    nodes: nodes.map((node) => ({ ...node, permissions: node.permissions ?? [] })),
    permissions: permissions ?? { ...noPermissions, declared: [...new Set(declared)].sort() },
    diagnostics: arrange(diagnostics, root, texts),
    sources,
    manifest: null,
    artifacts: [],
  };
}
