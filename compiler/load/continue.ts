import { readdirSync, readFileSync, realpathSync, type Stats, statSync } from "node:fs";
import { type CompilerOptions, type Project, ts } from "ts-morph";
import type { Memory } from "./memory.ts";
import { libraryFolder, type TreeOf } from "./shared.ts";
import { isSettled } from "./stamp.ts";

/** A program, and what the disk said to it and to those that it was built upon. */
export interface Continued {
  readonly program: ts.Program;
  /** Its options as JSON. */
  readonly options: string;
  readonly answers: Map<string, Answer>;
}

interface Answer {
  readonly question: Question;
  readonly path: string;
  readonly answer: unknown;
}

/** What decides how imports resolve, as TypeScript asks it of its host. */
const questions = {
  fileExists: (path: string) => statOf(path)?.isFile() === true,
  directoryExists: (path: string) => statOf(path)?.isDirectory() === true,
  readFile: (path: string, unsaved: ReadonlyMap<string, string>) =>
    unsaved.get(path) ?? orNull(() => readFileSync(path, "utf8")),
  realpath: (path: string) => orNull(() => realpathSync(path)),
  getDirectories: (path: string) => orNull(() => readdirSync(path).sort().join("\0")),
} as const;
type Question = keyof typeof questions;

/** So many answers about paths that may not matter any more, and the next program is made from nothing. */
const mostAnswers = 10_000;

/** The part of ts-morph that makes the program; it has no public way to hand an earlier one in. */
interface MorphProgram {
  compilerObject: ts.Program;
  _reset(rootNames: readonly string[], host: ts.CompilerHost): void;
}

/**
 * Lets this project build its program upon the last one in `memory`, as TypeScript does in its watch mode: what is
 * imported from unchanged files is not looked for again. That holds only while the disk gives the same answers to all
 * that was asked of it, so all of it is asked again first; where one differs, the program is made from nothing.
 */
export function continueProgram(
  project: Project,
  memory: Memory,
  treeOf: TreeOf,
  unsaved: ReadonlyMap<string, string>,
): void {
  // Internal to ts-morph, whose version is pinned; a test sees to it that programs are continued.
  const morph = project.getProgram() as unknown as MorphProgram;
  const reset = morph._reset.bind(morph);
  const read = stampReads(project, unsaved);
  let current: ts.Program | null = null;
  // A project without any source has ts-morph's own.
  let make = (): ts.Program => Reflect.get(Object.getPrototypeOf(morph), "compilerObject", morph);
  morph._reset = (rootNames, host) => {
    reset(rootNames, host);
    current = null;
    make = () => {
      const options = project.compilerOptions.get();
      const key = JSON.stringify(options);
      const last = memory.program?.options === key && holds(memory.program, unsaved) ? memory.program : null;
      const answers: Continued["answers"] = last === null ? new Map() : last.answers;
      const noting = noteAnswers(
        fromKnownTrees(host, { options, stamps: memory.stamps, treeOf, read, unsaved }),
        answers,
        unsaved,
      );
      const made = ts.createProgram([...rootNames], options, noting, last?.program);
      // The same program knows its types already.
      const program = last !== null && isSame(made, last.program) ? last.program : made;
      memory.program = { program, options: key, answers };
      return program;
    };
  };
  Object.defineProperty(morph, "compilerObject", {
    get: () => {
      current ??= make();
      return current;
    },
  });
}

function isSame(one: ts.Program, other: ts.Program): boolean {
  const [files, others] = [one.getSourceFiles(), other.getSourceFiles()];
  return files.length === others.length && files.every((file, index) => file === others[index]);
}

function holds({ answers }: Continued, unsaved: ReadonlyMap<string, string>): boolean {
  if (answers.size > mostAnswers) return false;
  for (const { question, path, answer } of answers.values())
    if (questions[question](path, unsaved) !== answer) return false;
  return true;
}

/** The same host, which writes down what it is asked and what the disk says at that moment. */
function noteAnswers(
  host: ts.CompilerHost,
  answers: Continued["answers"],
  unsaved: ReadonlyMap<string, string>,
): ts.CompilerHost {
  const note = (question: Question, path: string): void => {
    const key = `${question} ${path}`;
    if (!answers.has(key)) answers.set(key, { question, path, answer: questions[question](path, unsaved) });
  };
  const noting = { ...host };
  for (const question of Object.keys(questions) as Question[]) {
    const ask = host[question]?.bind(host) as ((path: string) => unknown) | undefined;
    if (ask === undefined) continue;
    // Before it is asked, so that a change in between is found the next time.
    const asked = (path: string): unknown => {
      note(question, path);
      return ask(path);
    };
    Object.assign(noting, { [question]: asked });
  }
  return noting;
}

/** Notes how files were just before this project read them. */
function stampReads(project: Project, unsaved: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const stamps = new Map<string, string>();
  const files = project.getFileSystem();
  const read = files.readFileSync.bind(files);
  files.readFileSync = (path, encoding) => {
    const stamp = unsaved.has(path) ? null : stampOf(path);
    if (stamp !== null) stamps.set(path, stamp);
    return read(path, encoding);
  };
  return stamps;
}

interface Known {
  readonly options: CompilerOptions;
  readonly stamps: Memory["stamps"];
  readonly treeOf: TreeOf;
  /** How files were when they were read. */
  readonly read: ReadonlyMap<string, string>;
  readonly unsaved: ReadonlyMap<string, string>;
}

/** The same host, which does not read files that were not touched since they were read. */
function fromKnownTrees(host: ts.CompilerHost, { options, stamps, treeOf, read, unsaved }: Known) {
  const isUntouched = (fileName: string, tree: ts.SourceFile): boolean => {
    // ts-morph's own, which no disk has.
    if (fileName.startsWith(libraryFolder)) return true;
    const text = unsaved.get(fileName);
    if (text !== undefined) return text === tree.text;
    const stamp = stamps.get(tree);
    return stamp !== undefined && stamp === stampOf(fileName);
  };
  return {
    ...host,
    getSourceFile: (fileName, ...rest) => {
      const known = treeOf(fileName, options);
      if (known !== undefined && isUntouched(fileName, known)) return known;
      const file = host.getSourceFile(fileName, ...rest);
      const stamp = read.get(fileName);
      if (file !== undefined && stamp !== undefined) stamps.set(file, stamp);
      return file;
    },
  } satisfies ts.CompilerHost;
}

/** Null for what is not there, and for what could change once more without a trace. */
function stampOf(path: string): string | null {
  const stats = statOf(path);
  if (stats === undefined || !isSettled(stats, Date.now())) return null;
  const { size, mtimeMs, ctimeMs, ino } = stats;
  return [size, mtimeMs, ctimeMs, ino].join(" ");
}

function statOf(path: string): Stats | undefined {
  return orNull(() => statSync(path, { throwIfNoEntry: false })) ?? undefined;
}

/** What cannot be looked at is not there, as for TypeScript's host. */
function orNull<T>(look: () => T): T | null {
  try {
    return look();
  } catch {
    return null;
  }
}
