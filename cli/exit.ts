/** What an exit code means, the same in every command; `--help` lists it. */
export const exit = {
  ok: 0,
  findings: 1,
  usage: 2,
  internal: 3,
  outside: 4,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exit)[keyof typeof exit];

export const exitMeanings: readonly (readonly [ExitCode, string])[] = [
  [exit.ok, "no error (warnings allowed)"],
  [exit.findings, "errors found in a plugin"],
  [exit.usage, "wrong usage or unreadable input"],
  [exit.internal, "a bug in noxus"],
  [exit.outside, "something outside noxus is missing"],
  [exit.interrupted, "interrupted"],
];

/** An error whose cause is outside noxus: told in one line on stderr, without a stack. */
export abstract class ToldError extends Error {
  abstract readonly exitCode: ExitCode;
  /** What to do about it; printed on a line of its own. */
  readonly hint: string | null;

  constructor(message: string, hint: string | null = null) {
    super(message);
    this.hint = hint;
  }
}

/**
 * Whether `error` is a {@link ToldError}. By its shape: the package holds this module twice, in the one file of all
 * commands and beside what some of them load later.
 */
export function isTold(error: unknown): error is ToldError {
  return error instanceof Error && "exitCode" in error && "hint" in error;
}

/** A wrong command line, or an input that cannot be read or written. */
export class UsageError extends ToldError {
  override readonly name = "UsageError";
  readonly exitCode = exit.usage;
}

/** Something outside noxus that it needs is missing or fails. */
export class OutsideError extends ToldError {
  override readonly name = "OutsideError";
  readonly exitCode = exit.outside;
}

/** A plugin that compiles, but cannot be started. */
export class PluginError extends ToldError {
  override readonly name = "PluginError";
  readonly exitCode = exit.findings;
}

const fileErrors: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EDQUOT: "the quota is used up",
  EBUSY: "it is in use",
  EEXIST: "it exists already",
  EIO: "the device does not work",
  EISDIR: "it is a folder",
  ELOOP: "too many symbolic links",
  EMFILE: "too many open files",
  ENFILE: "too many open files on this machine",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "no such file or folder",
  ENOSPC: "no space left on the device",
  ENOTDIR: "a part of the path is not a folder",
  ENOTEMPTY: "it is not empty",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
};

/** Whether this is an error of the operating system rather than of the code: it names the failed system call. */
export function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error && "code" in error;
}

/** Why a file could not be read or written, in words. */
export function fileReason(error: unknown): string {
  const code = isFileError(error) ? (error.code ?? "") : "";
  return fileErrors[code] ?? (error instanceof Error ? error.message : String(error));
}

/** The code is right, and the machine does not let it. */
const refusals: ReadonlySet<string> = new Set([
  "EACCES",
  "EPERM",
  "EROFS",
  "ENOSPC",
  "EDQUOT",
  "EMFILE",
  "ENFILE",
  "EIO",
]);

/** What the system refused of a file or of the answer, as an error to tell; null for any other error. */
export function refusedBySystem(error: unknown): UsageError | null {
  if (!isFileError(error) || !refusals.has(error.code ?? "") || /^spawn/.test(error.syscall ?? ""))
    return null;
  if (error.path !== undefined) return new UsageError(`cannot use \`${error.path}\`: ${fileReason(error)}`);
  return error.syscall === "write" ? new UsageError(`cannot write the answer: ${fileReason(error)}`) : null;
}
