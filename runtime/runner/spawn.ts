import { spawn } from "node:child_process";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Log } from "../log.ts";
import type { LoadedPlugin } from "../manifest/read.ts";
import { runnerCommand } from "./command.ts";
import { type Environment, runnerEnvironment } from "./environment.ts";
import { createJournal, type Journal } from "./journal.ts";
import type { MemoryLimits } from "./memory.ts";
import { isFirst } from "./once.ts";
import { containment } from "./permission-model.ts";
import { realPath } from "./real-path.ts";

export interface SpawnOptions {
  readonly plugin: LoadedPlugin;
  readonly env: Environment;
  readonly entry: string;
  readonly memory: MemoryLimits;
  readonly log: Log;
}

/** The process of a runner with what connects it to the server. Pipes are null where it could not be started. */
export interface RunnerProcess {
  readonly pid: number | undefined;
  readonly channel: Socket | null;
  /** What it has not sent yet; null where there is no place for one. */
  readonly journal: Journal | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** Ends the process and all that it has started, at once. */
  kill(): void;
  /** Lets go of the pipes, after the end. */
  close(): void;
}

/** Entry of a runner beside this file: TypeScript from sources, JavaScript from `dist`, `runner.mjs` in an image. */
export function defaultRunnerEntry(): string {
  const ending = /\.\w+$/.exec(import.meta.url)?.[0] ?? ".js";
  return fileURLToPath(new URL(ending === ".mjs" ? "./runner.mjs" : `./entry${ending}`, import.meta.url));
}

/** How long the pipes of an ended process are waited for, ms: a process that left the group may hold them open. */
const PIPE_GRACE_MS = 200;

/** Process groups alive now. The server's end, however it comes, takes them along. */
const groups = new Set<number>();
process.on("exit", () => {
  for (const pid of groups) killGroup(pid);
});

function killGroup(pid: number): void {
  // Group 0 is our own and -1 everybody.
  if (pid <= 1) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Already gone: the group's last process has ended.
  }
}

/** `onEnd` hears once, in words, how the process ended or why there is none; its last output has been read by then. */
export function spawnRunner(options: SpawnOptions, onEnd: (words: string) => void): RunnerProcess {
  const { plugin, log } = options;
  const { manifest } = plugin;
  const { flags, gaps } = containment(plugin, options.entry);
  for (const gap of gaps) {
    if (isFirst(log, `${manifest.name} ${gap.what}`)) {
      log[gap.level]("not contained", {
        plugin: manifest.name,
        gap: gap.what,
        node_version: process.versions.node,
      });
    }
  }
  const [program, args] = runnerCommand(realPath(options.entry), options.memory.heapMib, flags);
  const journal = createJournal();
  const child = spawn(program, args, {
    env: runnerEnvironment(manifest, options.env),
    stdio: ["ignore", "pipe", "pipe", "pipe", ...(journal === null ? [] : [journal.fd])],
    // Its own group, so that a kill reaches what the plugin has started, and Ctrl-C in a terminal does not.
    detached: true,
  });
  const { pid } = child;
  if (pid !== undefined) groups.add(pid);
  let isEnded = false;

  function end(words: string): void {
    if (isEnded) return;
    isEnded = true;
    if (pid !== undefined) groups.delete(pid);
    onEnd(words);
  }

  child.on("error", (error) => end(`it could not be started: ${error.message}`));
  child.on("exit", (code, signal) => {
    // What the plugin started must not outlive it. The group's number cannot have been taken anew this soon.
    if (pid !== undefined) killGroup(pid);
    // The end of stderr tells why.
    child.stdout?.resume();
    child.stderr?.resume();
    const words =
      signal === null ? `its process ended with exit code ${code}` : `its process was ended by ${signal}`;
    const limit = setTimeout(() => end(words), PIPE_GRACE_MS);
    child.once("close", () => {
      clearTimeout(limit);
      end(words);
    });
  });

  const channel = child.stdio[3] instanceof Socket ? child.stdio[3] : null;
  return {
    pid,
    channel,
    journal,
    stdout: child.stdout,
    stderr: child.stderr,
    kill() {
      if (pid !== undefined && !isEnded) killGroup(pid);
    },
    close() {
      channel?.destroy();
      journal?.close();
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
  };
}
