import { existsSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { Node, type Project, type SourceFile } from "ts-morph";
import { diagnostic } from "../diagnostics/codes.ts";
import type { Diagnostic, Span } from "../diagnostics/types.ts";
import { type Class, isSubclassOf, placeOf } from "./classes.ts";

export interface Entrypoint {
  readonly file: SourceFile;
  readonly plugin: Class;
  /** Name under which the file exports the class. */
  readonly exportName: string;
}

const extensions = [".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx"] as const;

/** plugin.yaml's `entrypoint` and where it stands. */
export interface EntrypointValue {
  readonly value: string;
  readonly file: string;
  readonly span: Span;
}

/**
 * Resolves `path/module.Class` and `path/file.ts#Class` without running anything.
 * Reports NX2001 to NX2005 and returns null when the class cannot be told.
 */
export function findEntrypoint(
  project: Project,
  root: string,
  entrypoint: EntrypointValue,
  report: (found: Diagnostic) => void,
): Entrypoint | null {
  const place = { file: entrypoint.file, span: entrypoint.span };
  const value = entrypoint.value;
  const located = locate(root, value);
  if (located.files.length === 0) {
    report(diagnostic("NX2001", place, { entrypoint: value, tried: located.tried }));
    return null;
  }
  const [path] = located.files;
  if (path === undefined || located.files.length > 1) {
    const candidates = located.files.map((file) => `${file}#${located.className ?? "ClassName"}`);
    report(diagnostic("NX2005", place, { entrypoint: value, candidates }));
    return null;
  }
  const file = project.addSourceFileAtPath(join(root, path));
  if (located.className === null) {
    const plugins = exportedClasses(file).filter((entry) => isSubclassOf(entry.declaration, "Plugin"));
    const names = plugins.map((entry) => entry.name);
    if (names.length > 1) {
      const candidates = names.map((name) => `${path}#${name}`);
      report(diagnostic("NX2005", place, { entrypoint: value, candidates }));
    } else {
      report(diagnostic("NX2002", place, { file: path, name: null, candidates: names, isDeclared: false }));
    }
    return null;
  }
  return findClass(file, path, located.className, place, report, root);
}

function findClass(
  file: SourceFile,
  path: string,
  name: string,
  place: { file: string; span: Span },
  report: (found: Diagnostic) => void,
  root: string,
): Entrypoint | null {
  const byDefault = file.getExportedDeclarations().get("default")?.[0];
  const isDefault =
    name === "default" ||
    (Node.isClassDeclaration(byDefault) && byDefault.getName() === name && !isNamedExport(file, name));
  if (isDefault && byDefault !== undefined) {
    const shown = Node.isClassDeclaration(byDefault) ? (byDefault.getName() ?? "the plugin class") : "it";
    const related = [{ message: "exported here", ...placeOf(byDefault, root) }];
    report(diagnostic("NX2003", place, { name: shown }, { related }));
    return null;
  }
  const declaration = file.getExportedDeclarations().get(name)?.[0];
  if (declaration === undefined) {
    const candidates = exportedClasses(file).map((entry) => entry.name);
    const isDeclared = file.getClass(name) !== undefined;
    report(diagnostic("NX2002", place, { file: path, name, candidates, isDeclared }));
    return null;
  }
  const at = placeOf(
    Node.isClassDeclaration(declaration) ? (declaration.getNameNode() ?? declaration) : declaration,
    root,
  );
  if (!Node.isClassDeclaration(declaration)) {
    report(diagnostic("NX2004", at, { name, what: "is not a class declaration" }));
    return null;
  }
  if (!isSubclassOf(declaration, "Plugin")) {
    report(diagnostic("NX2004", at, { name, what: "does not extend `Plugin`" }));
    return null;
  }
  if (declaration.isAbstract()) {
    report(diagnostic("NX2004", at, { name, what: "is abstract" }));
    return null;
  }
  return { file, plugin: declaration, exportName: name };
}

function isNamedExport(file: SourceFile, name: string): boolean {
  return file.getExportedDeclarations().has(name);
}

function exportedClasses(file: SourceFile): readonly { name: string; declaration: Class }[] {
  return [...file.getExportedDeclarations()].flatMap(([name, [declaration]]) =>
    name !== "default" && Node.isClassDeclaration(declaration) ? [{ name, declaration }] : [],
  );
}

interface Located {
  /** Files that fit, relative to the root. */
  readonly files: readonly string[];
  readonly tried: readonly string[];
  /** Null when the value names a file only. */
  readonly className: string | null;
}

function locate(root: string, value: string): Located {
  const hash = value.lastIndexOf("#");
  if (hash !== -1) return inRoot(root, [value.slice(0, hash)], value.slice(hash + 1) || null);
  const whole = inRoot(root, [value, ...extensions.map((extension) => value + extension)], null);
  if (whole.files.length > 0) return { ...whole, files: whole.files.slice(0, 1) };
  const dot = value.lastIndexOf(".");
  if (dot <= value.lastIndexOf("/") + 1) return { ...whole, tried: [`${value}.ts`] };
  const path = value.slice(0, dot);
  const direct = inRoot(
    root,
    extensions.map((extension) => path + extension),
    value.slice(dot + 1),
  );
  if (direct.files.length > 0) return direct;
  const index = inRoot(
    root,
    extensions.map((extension) => `${path}/index${extension}`),
    value.slice(dot + 1),
  );
  return index.files.length > 0
    ? index
    : { ...direct, tried: [`${path}.ts`, `${path}.js`, `${path}/index.ts`] };
}

/** Files outside the plugin's folder do not count: what ships is what the folder holds. */
function inRoot(root: string, paths: readonly string[], className: string | null): Located {
  const inside = paths
    .map((path) => posix.normalize(path))
    .filter((path) => !path.startsWith("../") && !posix.isAbsolute(path) && !path.includes("\0"));
  const files = inside.filter((path) => {
    const file = join(root, path);
    return existsSync(file) && statSync(file).isFile();
  });
  return { files, tried: paths.slice(0, 3), className };
}
