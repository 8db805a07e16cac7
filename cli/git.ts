import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { OutsideError } from "./exit.ts";

/** A git repository as the reader of its history needs it. */
export interface Repository {
  /** Absolute path of the working tree's top folder. */
  readonly top: string;
  /** The commit that a revision names; null where it names none. */
  commit(revision: string): Promise<string | null>;
  /** Writes all files of a commit into `tree` inside the empty `folder`. Index and working tree stay as they are. */
  extract(commit: string, folder: string): Promise<void>;
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
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const done = await git(cwd, args, env);
  if (done.code !== 0)
    throw new OutsideError(`git ${args[0]} failed: ${done.stderr.trim().split("\n").at(-1) ?? ""}`);
}

function git(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Done> {
  const options = { cwd, env: { ...process.env, LC_ALL: "C", ...env }, maxBuffer: 1 << 24 };
  return new Promise((resolve, reject) => {
    execFile("git", args, options, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, stdout, stderr });
      else if (typeof error.code === "number") resolve({ code: error.code, stdout, stderr });
      else if (error.code === "ENOENT")
        reject(new OutsideError("git is not installed", "name folders or manifests"));
      else reject(error);
    });
  });
}
