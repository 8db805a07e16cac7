import { join } from "node:path";
import { ts } from "ts-morph";
import type { ManifestFile } from "../runtime/manifest/types.ts";
import type { Place } from "./diagnostics/types.ts";
import { outlineOf } from "./extract/outline.ts";
import { isSeenEverywhere } from "./load/memory.ts";
import { completeTypes } from "./load/node-types.ts";
import { type LoadedProject, ownSourceFiles, typescriptErrors } from "./load/project.ts";
import { typeFolders } from "./package-root.ts";
import { relativePath } from "./paths.ts";
import { spanAt, toText } from "./text.ts";
import type { AnalyzedNode } from "./types.ts";

/** What `call` and the members of a node say. */
export type DescribedNode = Omit<AnalyzedNode, "permissions">;

/** Where the plugin's class is. */
export interface FoundEntrypoint {
  /** Relative to the root. */
  readonly file: string;
  readonly exportName: string;
  readonly place: Place;
}

/** What an analysis that had nothing to report about sources and types rests on, for the next one to start from. */
export interface KnownTypes {
  readonly entrypoint: FoundEntrypoint;
  /** Of each of the plugin's own sources, by its path relative to the root: `outlineOf` it. */
  readonly outlines: Readonly<Record<string, string>>;
  /** Absolute paths of files whose declarations are seen without being imported. */
  readonly everywhere: readonly string[];
}

/** An analysis that found `types` and `nodes`, and the plugin's own sources that were edited since, and nothing else. */
export interface Before {
  readonly types: KnownTypes;
  readonly nodes: readonly DescribedNode[];
  /** Of what went into its bundle. */
  readonly sources: readonly ManifestFile[];
  /** Relative to the root. */
  readonly edited: readonly string[];
}

export function knowTypes({ project }: LoadedProject, root: string, entrypoint: FoundEntrypoint): KnownTypes {
  const program = project.getProgram().compilerObject;
  const own = ownSourceFiles(project, root);
  const lent = typeFolders();
  const everywhere = program
    .getSourceFiles()
    .filter((file) => !program.isSourceFileDefaultLibrary(file) && isSeenEverywhere(file))
    .map(({ fileName }) => fileName)
    .filter((name) => !lent.some((folder) => name.startsWith(folder)));
  const outlines = own.map((file) => [relativePath(root, file.fileName), outlineOf(file)] as const);
  return { entrypoint, outlines: Object.fromEntries(outlines), everywhere };
}

/** Whether the plugin's class and what names it are in sources that were not edited. */
export function isEntrypointSame({ types: { entrypoint }, edited }: Before): boolean {
  return !edited.includes(entrypoint.file) && !edited.includes(entrypoint.place.file);
}

/**
 * The nodes, where edits changed nothing about them but their places, and no type error came with the edits; null
 * where that is not certain. Only the edited sources and what they import are read: no other source can see a
 * difference, and what they can see is what they saw before.
 */
export function unaffectedNodes(
  loaded: LoadedProject,
  { types, nodes, edited }: Before,
  root: string,
): readonly DescribedNode[] | null {
  if (edited.some((file) => types.outlines[file] === undefined)) return null;
  const { project } = loaded;
  for (const path of types.everywhere) project.addSourceFileAtPath(path);
  const files = edited.map((file) => project.addSourceFileAtPath(join(root, file)));
  const isSame = files.every(({ compilerNode }, index) => {
    const file = edited[index];
    return file !== undefined && outlineOf(compilerNode) === types.outlines[file];
  });
  if (!isSame) return null;
  completeTypes(loaded, root);
  const program = project.getProgram().compilerObject;
  const checked = files.flatMap((file) => program.getSourceFile(file.getFilePath()) ?? []);
  if (typescriptErrors(loaded, root, checked).length > 0) return null;
  const trees = new Map(files.map(({ compilerNode }, index) => [edited[index], compilerNode]));
  const placed = nodes.map((node) => {
    const file = trees.get(node.source.file);
    if (file === undefined) return node;
    const source = classPlace(file, node, root);
    return source === null ? null : { ...node, source };
  });
  return placed.includes(null) ? null : placed.filter((node) => node !== null);
}

function classPlace(file: ts.SourceFile, node: DescribedNode, root: string): Place | null {
  const names = file.statements.flatMap((statement) =>
    ts.isClassDeclaration(statement) && statement.name?.text === node.class ? [statement.name] : [],
  );
  const [name] = names;
  if (name === undefined || names.length > 1) return null;
  const span = spanAt(toText(file.text), name.getStart(file), name.end);
  return { file: relativePath(root, file.fileName), span };
}
