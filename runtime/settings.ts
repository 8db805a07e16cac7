import { availableParallelism } from "node:os";
import { type Fault, StartError } from "./errors.ts";
import { parseDuration } from "./manifest/units.ts";
import { nearest } from "./nearest.ts";
import type { Environment } from "./runner/environment.ts";

/** What an operator can set. Times are ms, `memoryMib` MiB, the rest counts, bytes or words. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly timeoutMs: number | null;
  readonly bodyLimit: number;
  readonly minRunners: number;
  readonly maxRunners: number;
  readonly spareRunners: number;
  readonly queueLimit: number;
  readonly queueTimeoutMs: number;
  readonly memoryMib: number | null;
  readonly drainMs: number | null;
  readonly acceptMs: number;
  readonly logLevel: string;
}

export type SettingName = keyof Settings;

/** One thing that can be set: the only place that names its flag, variable, form and default. */
export interface Setting {
  /** Without the dashes. */
  readonly flag: string;
  /** The first that is set counts; a flag counts more. */
  readonly variables: readonly string[];
  /** The word for its value in help texts. */
  readonly value: "number" | "address" | "duration" | "bytes" | "MiB" | "level";
  readonly description: string;
  /** What its default is, in words. */
  readonly shownDefault: string;
  /** Null for text that is no such value. */
  readonly parse: (text: string) => number | string | null;
  /** What a good value looks like, for the message about a wrong one. */
  readonly expected: string;
}

const logLevels = ["error", "warn", "info", "debug"] as const;

/** The values without any flag or variable. */
export function defaultSettings(): Settings {
  return {
    port: 8080,
    host: "127.0.0.1",
    timeoutMs: null,
    bodyLimit: 1024 * 1024,
    minRunners: 1,
    maxRunners: Math.min(16, Math.max(4, 4 * availableParallelism())),
    spareRunners: 2,
    queueLimit: 1000,
    queueTimeoutMs: 10_000,
    memoryMib: null,
    drainMs: null,
    acceptMs: 1000,
    logLevel: "info",
  };
}

const count = (minimum: number, maximum: number) => ({
  parse: (text: string) => {
    const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    return number >= minimum && number <= maximum ? number : null;
  },
  expected: `a whole number from ${minimum} to ${maximum}`,
});

const duration = {
  value: "duration",
  parse: (text: string) => (text === "0" ? null : parseDuration(text)),
  expected: "a duration such as 500ms, 30s or 5m",
} as const;

const durationOrNone = {
  value: "duration",
  parse: (text: string) => (text === "0" ? 0 : parseDuration(text)),
  expected: "0 or a duration such as 500ms, 30s or 5m",
} as const;

export const settings: Readonly<Record<SettingName, Setting>> = {
  port: {
    flag: "port",
    variables: ["NOXUS_PORT", "PORT"],
    value: "number",
    description: "port, 0 for any free one",
    shownDefault: "8080",
    ...count(0, 65535),
  },
  host: {
    flag: "host",
    variables: ["NOXUS_HOST", "HOST"],
    value: "address",
    description: "address to listen on, 0.0.0.0 for all",
    shownDefault: "127.0.0.1",
    parse: (text) => (/^[\w:][\w.:-]{0,254}$/.test(text) ? text : null),
    expected: "an address or a host name",
  },
  timeoutMs: {
    flag: "timeout",
    variables: ["NOXUS_TIMEOUT"],
    description: "upper limit of a call, on top of what the plugin says",
    shownDefault: "none",
    ...duration,
  },
  bodyLimit: {
    flag: "body-limit",
    variables: ["NOXUS_BODY_LIMIT"],
    value: "bytes",
    description: "largest request body",
    shownDefault: "1048576",
    ...count(1, 32 * 1024 * 1024),
  },
  minRunners: {
    flag: "min-runners",
    variables: ["NOXUS_MIN_RUNNERS"],
    value: "number",
    description: "runner processes that are always there",
    shownDefault: "1",
    ...count(1, 1000),
  },
  maxRunners: {
    flag: "max-runners",
    variables: ["NOXUS_MAX_RUNNERS"],
    value: "number",
    description: "most runner processes; calls of well-behaved nodes share them beyond that",
    shownDefault: "4 for each processor, 4 to 16",
    ...count(1, 1000),
  },
  spareRunners: {
    flag: "spare-runners",
    variables: ["NOXUS_SPARE_RUNNERS"],
    value: "number",
    description: "idle runner processes kept warm beside the busy ones",
    shownDefault: "2",
    ...count(0, 1000),
  },
  queueLimit: {
    flag: "queue-limit",
    variables: ["NOXUS_QUEUE_LIMIT"],
    value: "number",
    description: "most calls that wait for a runner; further ones get 429",
    shownDefault: "1000",
    ...count(0, 100_000),
  },
  queueTimeoutMs: {
    flag: "queue-timeout",
    variables: ["NOXUS_QUEUE_TIMEOUT"],
    description: "longest wait for a runner, then 429",
    shownDefault: "10s",
    ...duration,
  },
  memoryMib: {
    flag: "memory",
    variables: ["NOXUS_MEMORY"],
    value: "MiB",
    description: "memory of one runner process; past it the call gets out_of_memory",
    shownDefault: "resources.memory of the plugin, 512 where it says nothing",
    ...count(64, 1024 * 1024),
  },
  drainMs: {
    flag: "drain",
    variables: ["NOXUS_DRAIN"],
    description: "how long an ending server waits for calls in flight",
    shownDefault: "the longest timeout and 2s",
    ...durationOrNone,
  },
  acceptMs: {
    flag: "accept",
    variables: ["NOXUS_ACCEPT"],
    description: "how long a server still takes calls after SIGTERM, until balancers know",
    shownDefault: "1s",
    ...durationOrNone,
  },
  logLevel: {
    flag: "log-level",
    variables: ["NOXUS_LOG_LEVEL"],
    value: "level",
    description: "least level of log lines: error, warn, info or debug",
    shownDefault: "info",
    parse: (text) => logLevels.find((level) => level === text) ?? null,
    expected: "error, warn, info or debug",
  },
};

/** Variables of the server that are no settings; by the last, deployments tell that secrets were renewed. */
const otherVariables = ["NOXUS_CONFIG", "NOXUS_MANIFEST", "NOXUS_DEBUG", "NOXUS_SECRETS"];

/**
 * Settings from flags, else variables, else defaults. `flags` hold texts by setting.
 * Throws {@link StartError} `settings_invalid` that names every wrong value.
 */
export function readSettings(
  flags: Readonly<Partial<Record<SettingName, string | undefined>>>,
  env: Environment,
): Settings {
  const found: Record<string, unknown> = { ...defaultSettings() };
  const faults: Fault[] = [];
  for (const [name, setting] of Object.entries(settings)) {
    const given = sourceOf(setting, flags[name as SettingName], env); // the table's own keys
    if (given === null) continue;
    const value = setting.parse(given.text);
    if (value === null) {
      const shown = JSON.stringify(given.text.slice(0, 100));
      faults.push({ path: given.name, message: `must be ${setting.expected}, got ${shown}` });
    } else found[name] = value;
  }
  const read = found as unknown as Settings; // defaults, and values that the table has parsed
  if (faults.length === 0 && read.minRunners > read.maxRunners) {
    const message = `must be at most max-runners, ${read.maxRunners}, got ${read.minRunners}`;
    faults.push({ path: "min-runners", message });
  }
  if (faults.length > 0) {
    const list = faults.map(({ path, message }) => `${path} ${message}`).join("; ");
    throw new StartError("settings_invalid", list, { faults });
  }
  return read;
}

function sourceOf(
  { flag, variables }: Setting,
  flagText: string | undefined,
  env: Environment,
): { readonly name: string; readonly text: string } | null {
  if (flagText !== undefined) return { name: `--${flag}`, text: flagText };
  for (const variable of variables) {
    const text = env[variable];
    // An empty variable is how a deployment file says that it leaves it out.
    if (text !== undefined && text !== "") return { name: variable, text };
  }
  return null;
}

/** Variables that look like ours and are not, each with the nearest one that is. */
export function unknownVariables(
  env: Environment,
  declaredPermissions: readonly string[],
): readonly { readonly name: string; readonly near: string | null }[] {
  const own = [...Object.values(settings).flatMap(({ variables }) => variables), ...otherVariables];
  const declared = declaredPermissions.map((permission) => permission.replace(/^env:/, ""));
  const known = new Set([...own, ...declared]);
  return Object.keys(env)
    .filter((name) => name.startsWith("NOXUS_") && !known.has(name))
    .sort()
    .map((name) => ({ name, near: nearest(name, own) }));
}
