import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { covers, type Permission } from "../../permissions/permission.ts";
import type { Derived } from "./derive.ts";
import { sentinel } from "./sinks.ts";

/** Something that a running bundle reached. */
export interface Observation {
  /** `code`: code from text, a thread, machine code or the engine, which no permission allows. */
  readonly kind: Permission["kind"] | "code";
  /** Null where it is everything of its kind, or cannot be told. */
  readonly resource: string | null;
}

export interface Outcome {
  readonly seen: readonly Observation[];
  /** What it threw; null when it came to its end. */
  readonly error: string | null;
}

/** What another witness says. */
export interface Testimony extends Outcome {
  /** Reads of which only the name of the file is known, as removing or truncating one does on the way. */
  readonly looks?: readonly Observation[];
}

const child = fileURLToPath(new URL("child.ts", import.meta.url));

export interface Running {
  /** For Node. */
  readonly flags?: readonly string[];
  /** The binary; this process's own unless given. */
  readonly node?: string;
  /** A program, with its arguments, that runs Node in its turn. */
  readonly before?: readonly string[];
}

/** Longest a process may say nothing, ms. */
const silence = 30_000;

/** What the runner gives to Node that the analysis leans on: see compiler/permissions/README.md, "Limits". */
export const secondLine: readonly string[] = ["--disallow-code-generation-from-strings"];

/**
 * Runs bundles below `folder` in one process, with the sentinels in place: `path` calls its first node, `path#2` its
 * third one. A bundle that ends the process is
 * `crashed`, and the rest go on in a new one.
 */
export async function observe(
  folder: string,
  bundles: readonly string[],
  how: Running = {},
): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const cwd = join(folder, "work");
  const bin = join(folder, "bin");
  mkdirSync(cwd, { recursive: true });
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(cwd, sentinel.file), sentinel.content);
  writeFileSync(join(bin, sentinel.command), "#!/bin/sh\nexit 0\n");
  chmodSync(join(bin, sentinel.command), 0o755);
  let rest = bundles;
  while (rest.length > 0) {
    await runProcess(rest, cwd, bin, how, outcomes);
    const [first] = rest.filter((bundle) => !outcomes.has(bundle));
    if (first === undefined) break;
    outcomes.set(first, { seen: [], error: "it ended the process" });
    rest = rest.filter((bundle) => !outcomes.has(bundle));
  }
  return outcomes;
}

function runProcess(
  bundles: readonly string[],
  cwd: string,
  bin: string,
  { flags = [], node = process.execPath, before = [] }: Running,
  outcomes: Map<string, Outcome>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const words = [...before, node, "--expose-internals", "--no-warnings", ...flags, child, ...bundles];
    const running = spawn(words[0] ?? node, words.slice(1), {
      cwd,
      // A signal to a group of processes must not reach this one; a tracer and what it traces are ended together.
      detached: true,
      env: { PATH: bin, HOME: cwd, [sentinel.variable]: sentinel.value },
      // A pipe, as a runner has it: what can be done with the descriptor depends on it.
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    const end = (): void => {
      if (running.pid !== undefined) process.kill(-running.pid, "SIGKILL");
    };
    let timer = setTimeout(end, silence);
    let text = "";
    let noise = "";
    running.stdout?.resume();
    running.stderr?.on("data", (data: Buffer) => {
      noise = `${noise}${data.toString()}`.slice(-2_000);
    });
    running.stdio[3]?.on("data", (data: Buffer) => {
      clearTimeout(timer);
      timer = setTimeout(end, silence);
      text += data.toString();
    });
    running.on("error", reject);
    running.on("close", () => {
      clearTimeout(timer);
      for (const line of text.split("\n").slice(0, -1)) {
        const { bundle, seen, error } = JSON.parse(line) as Outcome & { readonly bundle: string };
        outcomes.set(bundle, { seen, error });
      }
      if (text === "" && /^\s*(?:SyntaxError|Error|TypeError)/m.test(noise) && noise.includes("child.ts"))
        reject(new Error(`the instrumented process does not start:\n${noise}`));
      else resolve();
    });
  });
}

/** What was observed and is neither covered by a derived permission of the node, by its index, nor refused. */
export function underived(derived: Derived, seen: readonly Observation[], node = 0): readonly Observation[] {
  if (derived.refusals.length > 0) return [];
  const own = derived.byNode[node] ?? [];
  return seen.filter((one) => !isThenable(one) && !own.some((permission) => allows(permission, one)));
}

/** A promise asks whatever it is resolved with for its `then`, the environment too when somebody awaits it. */
function isThenable({ kind, resource }: Observation): boolean {
  return kind === "env" && resource === "then";
}

function allows(permission: Permission, { kind, resource }: Observation): boolean {
  switch (kind) {
    case "code":
      return false;
    case "env":
      return covers(permission, { kind, name: resource });
    case "exec":
      return covers(permission, { kind, command: resource });
    case "fs:read":
    case "fs:write":
      return covers(permission, { kind, path: resource });
    case "network": {
      if (permission.kind !== "network") return false;
      const [, host, digits] = /^([^/]+?)(?::(\d+))?$/.exec(resource ?? "") ?? [];
      if (host === undefined) return covers(permission, { kind, host: null, port: null });
      // A look-up is part of every connection, whatever its port.
      if (digits === undefined) return covers({ ...permission, port: null }, { kind, host, port: null });
      return covers(permission, { kind, host, port: Number(digits) });
    }
  }
}
