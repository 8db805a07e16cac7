import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface Repository {
  /** The working tree's top folder. */
  readonly folder: string;
  /** Where noxus makes temporary folders while it is run with `env`. */
  readonly temporary: string;
  /** For programs that work in the repository: no configuration of the machine's user, and nothing of theirs written. */
  readonly env: Readonly<Record<string, string>>;
  write(file: string, text: string): void;
  /** What git printed on both streams; throws when it fails. */
  git(...args: readonly string[]): string;
  /** Runs any program in it. */
  run(command: string, ...args: readonly string[]): { readonly code: number | null; readonly output: string };
  remove(): void;
}

/** Tests set TMPDIR to see what noxus leaves behind. */
const base = realpathSync(tmpdir());

/** An empty git repository with an author, away from everything else on the machine. */
export function makeRepository(): Repository {
  const root = mkdtempSync(join(base, "noxus-git-"));
  const folder = join(root, "repository");
  const temporary = join(root, "tmp");
  mkdirSync(folder);
  mkdirSync(temporary);
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: root,
    XDG_CACHE_HOME: join(root, "cache"),
    TMPDIR: temporary,
    LANG: "C.UTF-8",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "Test",
    GIT_AUTHOR_EMAIL: "test@example.com",
    GIT_COMMITTER_NAME: "Test",
    GIT_COMMITTER_EMAIL: "test@example.com",
  };
  const run = (command: string, ...args: readonly string[]) => {
    const done = spawnSync(command, args, { cwd: folder, env, encoding: "utf8" });
    if (done.error !== undefined) throw done.error;
    return { code: done.status, output: done.stdout + done.stderr };
  };
  const git = (...args: readonly string[]) => {
    const { code, output } = run("git", ...args);
    if (code !== 0) throw new Error(`git ${args.join(" ")}: ${output}`);
    return output;
  };
  git("init", "--quiet", "--initial-branch=main");
  return {
    folder,
    temporary,
    env,
    git,
    run,
    write(file, text) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** The plugin file of `name`; `more` is added below. */
export function pluginFile(name: string, more = ""): string {
  return `name: ${name}\nversion: 0.1.0\nentrypoint: src/index.EchoPlugin\n${more}`;
}

/** A plugin with one node, `line` in its `call`; without a permission as long as that needs none. */
export function pluginSource(line = "", head = ""): string {
  return `import { Node, Plugin } from "noxus/plugins";
${head}
export class EchoNode extends Node {
  async call(text: string): Promise<{ text: string }> {
    ${line}
    return { text };
  }
}
export class EchoPlugin extends Plugin {
  nodes() {
    return [new EchoNode()];
  }
}
`;
}

/** Needs a permission that \`pluginFile\` does not declare. */
export const reaching = 'await fetch("https://example.com/");';
