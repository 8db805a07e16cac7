import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { LogLine } from "../plugin.ts";
import { type Program, programPath } from "../programs.ts";
import type { TargetOptions, Variant } from "./check.ts";
import { type Client, createClient } from "./client.ts";
import { OPTIONS_VARIABLE } from "./options.ts";

/** The server under test, a process of its own; or the control in its place. */
export interface Target extends Client {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  /** What it has printed on stdout: JSON lines as objects, others as `{ raw }`. */
  lines(): readonly (LogLine & { readonly raw?: string })[];
  /** Serves another plugin from now on; rejects when the server refuses it. */
  reload(manifestPath: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Exit code or signal, once the process and its output have ended. */
  readonly ended: Promise<number | NodeJS.Signals>;
  hasEnded(): boolean;
  /** Ends it, whatever state it is in. */
  destroy(): Promise<void>;
}

export interface TargetStart {
  readonly program: Program;
  readonly manifestPath: string;
  /** Settle as soon as it listens; default when it says that it is ready. */
  readonly isEarly?: boolean;
  readonly options?: TargetOptions;
  readonly variant?: Variant;
  readonly env?: Readonly<Record<string, string>>;
}

/** Settles when the server can be spoken to. */
export async function startTarget(start: TargetStart): Promise<Target> {
  const program = await programPath(start.program);
  const hasChannel = start.program !== "main";
  const child = spawn(process.execPath, [program, start.manifestPath], {
    env: {
      PORT: "0",
      [OPTIONS_VARIABLE]: JSON.stringify({ options: start.options ?? {}, variant: start.variant ?? "naive" }),
      ...start.env,
    },
    // A group of its own: a node in the control may signal its whole group.
    detached: true,
    stdio: hasChannel ? ["ignore", "pipe", "pipe", "ipc"] : ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let errors = "";
  let isOver = false;
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-10_000);
  });
  child.on("error", () => {}); // a kill or a message that came too late
  const ended = once(child, "close").then(([code, signal]) => {
    isOver = true;
    return (signal ?? code) as number | NodeJS.Signals;
  });
  const lines = () => out.split("\n").slice(0, -1).map(readLine);

  const host = "127.0.0.1";
  const portNow = () => {
    if (start.isEarly) return listeningPort(child.pid ?? 0);
    const ready = lines().find((line) => line.msg === "ready");
    return ready === undefined ? null : Number(new URL(String(ready.url)).port);
  };
  let port = portNow();
  while (port === null) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (isOver) throw new Error(`the server did not start\n${out}${errors}`);
    port = portNow();
  }
  const client = createClient(host, port);
  return {
    ...client,
    host,
    port,
    pid: child.pid ?? 0,
    lines,
    ended,
    hasEnded: () => isOver,
    kill: (signal) => void child.kill(signal),
    async reload(manifestPath) {
      const answer = await new Promise<{ readonly refused: string | null }>((resolve, reject) => {
        child.once("message", resolve);
        void ended.then(() => reject(new Error("the server ended")));
        child.send({ reload: manifestPath }, (error) => error !== null && reject(error));
      });
      if (answer.refused !== null) throw new Error(answer.refused);
    },
    async destroy() {
      client.close();
      if (!isOver) child.kill("SIGKILL");
      await ended;
    },
  };
}

function readLine(raw: string): LogLine & { readonly raw?: string } {
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === "object" && value !== null ? (value as LogLine) : { raw };
  } catch {
    return { raw };
  }
}

/** The TCP port on which a process listens, before it says so. */
function listeningPort(pid: number): number | null {
  try {
    const sockets = readdirSync(`/proc/${pid}/fd`).map((name) => readlinkSync(`/proc/${pid}/fd/${name}`));
    const rows = readFileSync(`/proc/${pid}/net/tcp`, "utf8").trim().split("\n").slice(1);
    // Columns: number, local address, remote address, state (0A listens), ..., inode.
    const row = rows
      .map((text) => text.trim().split(/\s+/))
      .find(([, , , state, , , , , , inode]) => state === "0A" && sockets.includes(`socket:[${inode}]`));
    return row === undefined ? null : Number.parseInt(row[1]?.split(":")[1] ?? "", 16);
  } catch {
    return null; // it is just opening or closing something
  }
}

/** Process ids below `pid`, from /proc. */
export function descendants(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const id = Number(name);
    if (Number.isInteger(id)) parents.set(id, parentOf(id));
  }
  const found: number[] = [];
  let last = [pid];
  while (last.length > 0) {
    const parent = last;
    last = [...parents].filter(([, owner]) => parent.includes(owner)).map(([id]) => id);
    found.push(...last);
  }
  return found;
}

function parentOf(pid: number): number {
  try {
    // The name in brackets may hold anything.
    return Number(
      readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ")[1],
    );
  } catch {
    return -1; // ended meanwhile
  }
}

/** What a process holds: open descriptors, memory in MB. */
export function holdings(pid: number): { readonly descriptors: number; readonly memory: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return {
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    memory: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024,
  };
}

export function isAlive(pid: number): boolean {
  try {
    // A zombie has ended, though its number is still taken.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
