import type { CompilerOptions, Project, ts } from "ts-morph";
import { digest, type Memory } from "./memory.ts";

/**
 * Parsed and bound declarations of TypeScript's libraries and of noxus's own types, for every project of this thread:
 * they are the same text for all, and hundreds of times as long as most plugins. A checker keeps what it finds out in
 * tables of its own, so that one syntax tree serves many, as in TypeScript's own document registry.
 */
const shared = new Map<string, ts.SourceFile>();

/** The part of ts-morph that makes syntax trees; it has no public way to hand one in. */
interface DocumentRegistry {
  createOrUpdateSourceFile: (
    fileName: string,
    options: CompilerOptions,
    text: ts.IScriptSnapshot,
    kind: ts.ScriptKind | undefined,
  ) => ts.SourceFile;
}

/** Where ts-morph says that it keeps TypeScript's libraries, which it has in its memory. */
export const libraryFolder = "/node_modules/typescript/lib/";

/** The syntax tree that a project would be given for a file, if its text is still that of the tree. */
export type TreeOf = (fileName: string, options: CompilerOptions) => ts.SourceFile | undefined;

/**
 * Lets this project take the declarations in `folders` from those before it, and every other file from itself (a project
 * whose options change asks for each of its files once more), or with a memory from the analysis before.
 */
export function shareDeclarations(project: Project, folders: readonly string[], memory?: Memory): TreeOf {
  const registry = registryOf(project);
  const create = registry.createOrUpdateSourceFile.bind(registry);
  const own = new Map<string, ts.SourceFile>();
  const treesFor = (fileName: string) =>
    folders.some((folder) => fileName.startsWith(folder)) ? shared : (memory?.sources ?? own);
  registry.createOrUpdateSourceFile = (fileName, options, text, kind) => {
    const trees = treesFor(fileName);
    const key = keyOf(fileName, options);
    const known = trees.get(key);
    if (known !== undefined && isSameText(known, text)) return known;
    const made = create(fileName, options, text, kind);
    // What tells a builder whether a file changed; ts-morph gives the same one to all. Nobody else asks.
    if (memory !== undefined) Object.assign(made, { version: digest(made.text) });
    trees.set(key, made);
    return made;
  };
  return (fileName, options) => treesFor(fileName).get(keyOf(fileName, options));
}

/** By what the parser and the binder ask of the options. The kind of a file is the one that the name has. */
function keyOf(fileName: string, { target, module, alwaysStrict, strict }: CompilerOptions): string {
  return [fileName, target, module, alwaysStrict, strict].join(" ");
}

function isSameText({ text }: ts.SourceFile, snapshot: ts.IScriptSnapshot): boolean {
  return snapshot.getLength() === text.length && snapshot.getText(0, text.length) === text;
}

function registryOf(project: Project): DocumentRegistry {
  // Internal to ts-morph, whose version is pinned; a test sees to it that files are shared.
  const { _context: context } = project as unknown as {
    readonly _context: { readonly compilerFactory: { readonly documentRegistry: DocumentRegistry } };
  };
  return context.compilerFactory.documentRegistry;
}
