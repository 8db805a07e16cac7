import { createHash } from "node:crypto";
import { ts } from "ts-morph";

/**
 * What one analysis of a plugin leaves to the next, for those who analyse the same plugin after every edit. Everything
 * in it is found again by the text that it was made from; nothing is taken over for being near.
 */
export interface Memory {
  /** Syntax trees of the plugin's own sources. */
  readonly sources: Map<string, ts.SourceFile>;
  /** TypeScript's errors by file, and which files see which, by the `types` that the program was made with. */
  readonly builders: Map<string, ts.SemanticDiagnosticsBuilderProgram>;
  /** What ajv says of a node's schemas, by their text. */
  readonly faults: Map<string, readonly { readonly part: "inputs" | "outputs"; readonly reason: string }[]>;
}

export function createMemory(): Memory {
  return { sources: new Map(), builders: new Map(), faults: new Map() };
}

/** Finds the type errors of a program's files. */
export type TypeErrors = (file: ts.SourceFile) => readonly ts.Diagnostic[];

/**
 * TypeScript's own builder, as in its watch mode, decides which files an edit can have changed the errors of: those
 * that changed, and those that see a declaration which did.
 */
export function typeErrors(program: ts.Program, memory: Memory | undefined): TypeErrors {
  if (memory === undefined) return (file) => program.getSemanticDiagnostics(file);
  const key = JSON.stringify(program.getCompilerOptions().types ?? null);
  const known = memory.builders.get(key);
  if (known?.getProgram() !== program) {
    const host = { createHash: digest };
    const next = ts.createSemanticDiagnosticsBuilderProgram(program, host, known);
    // Only this finds out whom a change reaches: asked for one file, a builder takes what it knows of that file.
    while (next.getSemanticDiagnosticsOfNextAffectedFile() !== undefined);
    memory.builders.set(key, next);
  }
  const builder = memory.builders.get(key);
  return (file) => builder?.getSemanticDiagnostics(file) ?? program.getSemanticDiagnostics(file);
}

export function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
