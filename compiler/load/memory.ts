import { createHash } from "node:crypto";
import { ts } from "ts-morph";
import type { BundleFacts } from "../permissions/index.ts";
import type { Continued } from "./continue.ts";

/**
 * What one analysis of a plugin leaves to the next, for those who analyse the same plugin after every edit. Everything
 * in it is found again by the text that it was made from; nothing is taken over for being near.
 */
export interface Memory {
  /** Syntax trees of the plugin's own sources. */
  readonly sources: Map<string, ts.SourceFile>;
  /** By syntax tree, how its file was when it was read: size, times and inode. */
  readonly stamps: WeakMap<ts.SourceFile, string>;
  /** The program that was made last, for the next one to be built upon. */
  program: Continued | null;
  /** Whether Node's types were needed once: then they are there from the start, since their absence has to be checked. */
  needsTypes: boolean;
  /** TypeScript's errors by file, and which files see which, of a program with these `types`. */
  builder: { readonly types: string; readonly state: ts.SemanticDiagnosticsBuilderProgram } | null;
  /** By file, what was found out about the types in it, by place, and the name of all that they rest on. */
  readonly typed: Map<string, { readonly restsOn: string; readonly found: Map<string, unknown> }>;
  /** What the bundle said that was read last. */
  bundle: BundleFacts | null;
  /** What ajv says of a node's schemas, by their text. */
  readonly faults: Map<string, readonly { readonly part: "inputs" | "outputs"; readonly reason: string }[]>;
}

export function createMemory(): Memory {
  return {
    sources: new Map(),
    stamps: new WeakMap(),
    program: null,
    needsTypes: false,
    builder: null,
    typed: new Map(),
    bundle: null,
    faults: new Map(),
  };
}

/** What is asked about a program's types. */
export interface TypeChecks {
  /** Type errors in a file. */
  errorsOf(file: ts.SourceFile): readonly ts.Diagnostic[];
  /**
   * What `find` finds out about the types at a place in a file, and about nothing else. With a memory it is found out
   * once for as long as nothing changes that these types can rest on.
   */
  once<T>(file: ts.SourceFile, place: string, find: () => T): T;
}

const checks = new WeakMap<ts.Program, TypeChecks>();

export function typeChecks(program: ts.Program, memory: Memory | undefined): TypeChecks {
  const known = checks.get(program);
  if (known !== undefined) return known;
  const made = memory === undefined ? checkAll(program) : checkChanged(program, memory);
  checks.set(program, made);
  return made;
}

function checkAll(program: ts.Program): TypeChecks {
  return { errorsOf: (file) => program.getSemanticDiagnostics(file), once: (_file, _place, find) => find() };
}

/**
 * TypeScript's own builder, as in its watch mode, decides which files an edit can have changed the errors of: those
 * that changed, and those that see a declaration which did.
 */
function checkChanged(program: ts.Program, memory: Memory): TypeChecks {
  const options = program.getCompilerOptions();
  const types = JSON.stringify(options.types ?? null);
  const builder = ts.createSemanticDiagnosticsBuilderProgram(
    program,
    { createHash: digest },
    memory.builder?.types === types ? memory.builder.state : undefined,
  );
  let isChecked = false;
  let everywhere: string | null = null;
  const rests = new Map<ts.SourceFile, string>();
  const restsOn = (file: ts.SourceFile): string => {
    everywhere ??= `${JSON.stringify(options)} ${program.getSourceFiles().filter(isSeenEverywhere).map(identityOf)}`;
    const seen = builder.getAllDependencies(file).flatMap((name) => program.getSourceFile(name) ?? []);
    return `${everywhere} ${seen.map(identityOf)}`;
  };
  return {
    errorsOf(file) {
      // Only this finds out whom a change reaches: asked for one file, a builder takes what it knows of that file.
      while (!isChecked && builder.getSemanticDiagnosticsOfNextAffectedFile() !== undefined);
      isChecked = true;
      memory.builder = { types, state: builder };
      return builder.getSemanticDiagnostics(file);
    },
    once<T>(file: ts.SourceFile, place: string, find: () => T): T {
      const now = rests.get(file) ?? restsOn(file);
      rests.set(file, now);
      const last = memory.typed.get(file.fileName);
      const known = last?.restsOn === now ? last : { restsOn: now, found: new Map<string, unknown>() };
      memory.typed.set(file.fileName, known);
      // Whoever asks about a place asks for the same.
      if (known.found.has(place)) return known.found.get(place) as T;
      const found = find();
      known.found.set(place, found);
      return found;
    },
  };
}

/** Whether what a file declares may be seen without being imported; rather once too often. */
export function isSeenEverywhere(file: ts.SourceFile): boolean {
  const isModule = ts.isExternalModule(file) && !/\.[cm]?jsx?$/.test(file.fileName);
  return !isModule || file.statements.some(isOfOthers);
}

/** `declare global` and `declare module "name"`. */
function isOfOthers(statement: ts.Statement): boolean {
  if (!ts.isModuleDeclaration(statement)) return false;
  return ts.isStringLiteral(statement.name) || (statement.flags & ts.NodeFlags.GlobalAugmentation) !== 0;
}

const identities = new WeakMap<ts.SourceFile, number>();
let lastIdentity = 0;

/** A number for a syntax tree, which stands for one text. */
function identityOf(file: ts.SourceFile): number {
  const known = identities.get(file);
  if (known !== undefined) return known;
  lastIdentity += 1;
  identities.set(file, lastIdentity);
  return lastIdentity;
}

export function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
