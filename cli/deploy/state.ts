import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../exit.ts";
import type { Instance } from "./instance.ts";

/** What runs, as the last command left it. */
export interface DeployState {
  readonly version: 2;
  readonly plugin: string;
  readonly host: string;
  readonly port: number;
  /** Longest deadline of a call, ms. */
  readonly timeoutMs: number;
  readonly instances: readonly Instance[];
}

/** Null when nothing was deployed from `folder`. Throws a `UsageError` for a file that this noxus did not write. */
export function readState(folder: string): DeployState | null {
  let text: string;
  try {
    text = readFileSync(join(folder, "state.json"), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  try {
    const state: unknown = JSON.parse(text);
    if (typeof state === "object" && state !== null && "version" in state && state.version === 2)
      return state as DeployState; // written by writeState below
  } catch {
    // Told below.
  }
  throw new UsageError(
    `\`${join(folder, "state.json")}\` is damaged, or another noxus wrote it`,
    "end the processes by hand and remove the folder",
  );
}

/** In one step: an interrupted command leaves the state of before. */
export function writeState(folder: string, state: DeployState): void {
  mkdirSync(folder, { recursive: true });
  const staged = join(folder, "state.json.tmp");
  writeFileSync(staged, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(staged, join(folder, "state.json"));
}

/** As if nothing had been deployed. */
export function removeState(folder: string): void {
  rmSync(join(folder, "state.json"), { force: true });
}
