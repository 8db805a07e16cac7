import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

export interface Running {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Waits until stdout and stderr together match; gives the first group, or all of the match. */
  seen(pattern: RegExp): Promise<string>;
  /** Settles when the process handles signals itself. */
  readonly listening: Promise<void>;
  /** The exit code, or the signal that ended the process. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** How long a test waits for a line, in ms: generous, since it only matters when a test fails. */
const patience = 60_000;

/** Starts noxus as a process of its own. */
export function startNoxus(
  argv: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
  stdin: "ignore" | "pipe" = "ignore",
): Running {
  const child = spawn(process.execPath, [join(import.meta.dirname, "noxus.ts"), ...argv], {
    cwd,
    env: { ...process.env, LANG: "C.UTF-8", ...env },
    stdio: [stdin, "pipe", "pipe", "ipc"],
  });
  let stdout = "";
  let stderr = "";
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    tell();
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    tell();
  });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.on("close", (code, signal) => {
      resolve(code ?? signal);
      tell();
    });
  });
  const seen = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const done = (act: () => void) => {
        clearTimeout(timer);
        listeners.delete(look);
        act();
      };
      const all = () => `${stdout}\n${stderr}`;
      const fail = (why: string) => done(() => reject(new Error(`${pattern} ${why}; so far:\n${all()}`)));
      const look = () => {
        const match = pattern.exec(all());
        if (match !== null) done(() => resolve(match[1] ?? match[0]));
        else if (child.exitCode !== null) fail("did not come before the end");
      };
      const timer = setTimeout(() => fail("did not come in time"), patience);
      listeners.add(look);
      look();
    });
  const listening = new Promise<void>((resolve) => child.once("message", () => resolve()));
  return { child, stdout: () => stdout, stderr: () => stderr, seen, listening, ended };
}
