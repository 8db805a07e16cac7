import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { OutsideError, UsageError } from "./exit.ts";

/** A git repository as the reader of its history needs it. */
export interface Repository {
  /** Absolute path of the working tree's top folder. */
  readonly top: string;
  /** The commit that a revision names; null where it names none. */
  commit(revision: string): Promise<string | null>;
  /** What a commit would hold now. Throws a `UsageError` while there are conflicts in the index. */
  staged(): Promise<Staged>;
  /** Writes all files of a commit or tree into `tree` inside the empty `folder`. Index and working tree stay as they are. */
  extract(commit: string, folder: string): Promise<void>;
}

/** Paths are relative to the top folder, with slashes. */
export interface Staged {
  /** The tree, as an object of the repository. */
  readonly tree: string;
  /** Every file in it. */
  readonly files: readonly string[];
  /** Files that the commit would add, change or remove; of a renamed one both names. */
  readonly changed: readonly string[];
}

/** The repository around `cwd`; null where there is none. Throws an `OutsideError` where git is not installed. */
export async function openRepository(cwd: string): Promise<Repository | null> {
  const found = await git(cwd, ["rev-parse", "--show-toplevel"]);
  if (found.code !== 0) {
    if (/not a git repository/.test(found.stderr)) return null;
    throw new OutsideError(`git cannot be used here: ${found.stderr.trim().split("\n")[0] ?? ""}`);
  }
  const top = found.stdout.replace(/\r?\n$/, "");
  return {
    top,
    async commit(revision) {
      const found = await git(cwd, [
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        `${revision}^{commit}`,
      ]);
      return found.code === 0 ? found.stdout.trim() : null;
    },
    async staged() {
      // In a hook of `git commit <path>` the index is another file than usual; git tells us by its own variable.
      const written = await git(top, ["write-tree"]);
      if (written.code !== 0 && /unmerged/.test(written.stderr))
        throw new UsageError("the index has conflicts", "resolve them, and `git add` the files");
      const tree = succeeded("write-tree", written).trim();
      const list = async (...args: readonly [string, ...string[]]) =>
        succeeded(args[0], await git(top, args))
          .split("\0")
          .filter(Boolean);
      return {
        tree,
        files: await list("ls-tree", "-r", "-z", "--name-only", "--full-tree", tree),
        changed: await list("diff", "--cached", "--name-only", "--no-renames", "--no-ext-diff", "-z"),
      };
    },
    async extract(commit, folder) {
      // Not `git archive`: it leaves out what .gitattributes marks with export-ignore, and asks for tar.
      const env = { GIT_INDEX_FILE: join(folder, "index") };
      const tree = join(folder, "tree");
      mkdirSync(tree);
      await must(top, ["read-tree", commit], env);
      await must(top, ["checkout-index", "--all", `--prefix=${tree}/`], env);
    },
  };
}

interface Done {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function must(
  cwd: string,
  args: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  succeeded(args[0], await git(cwd, args, env));
}

/** What a git command printed. Throws an `OutsideError` with its last word when it failed. */
function succeeded(command: string, { code, stdout, stderr }: Done): string {
  if (code !== 0) throw new OutsideError(`git ${command} failed: ${stderr.trim().split("\n").at(-1) ?? ""}`);
  return stdout;
}

function git(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Done> {
  const options = { cwd, env: { ...process.env, LC_ALL: "C", ...env }, maxBuffer: 1 << 28 };
  return new Promise((resolve, reject) => {
    execFile("git", args, options, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, stdout, stderr });
      else if (typeof error.code === "number") resolve({ code: error.code, stdout, stderr });
      else if (error.code === "ENOENT") reject(new OutsideError("git is not installed"));
      else reject(error);
    });
  });
}
