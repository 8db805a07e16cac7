import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join, posix } from "node:path";
import { type Observation, observe, type Testimony } from "./oracle.ts";

/** The program, by its place: what runs a case sees another PATH. Null where it is not installed. */
function findStrace(): string | null {
  const places = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "strace"));
  return places.find((place) => existsSync(place)) ?? null;
}

/** Why programs cannot be traced here, in words; null where they can. */
export function straceFault(): string | null {
  const strace = findStrace();
  if (strace === null) return "strace is not installed";
  const { status, stderr } = spawnSync(strace, ["-f", "-qq", "-o", "/dev/null", "true"], {
    encoding: "utf8",
  });
  return status === 0 ? null : `strace cannot trace here: ${stderr.trim()}`;
}

/** Calls of the kernel that name files, by what they do with them; which of their paths are written. */
const readers = /^(?:stat|lstat|statx|newfstatat|access|faccessat2?|readlink|readlinkat|statfs|chdir)$/;
const writers =
  /^(?:mkdir|mkdirat|rmdir|unlink|unlinkat|rename|renameat2?|link|linkat|symlink|symlinkat|chmod|fchmodat|chown|lchown|fchownat|truncate|utimensat|mknod|mknodat|creat)$/;

/** What a C library and Node look at by themselves. */
const ownPaths =
  /^\/(?:proc|sys|dev|lib|lib64|usr\/(?:lib|share|local\/lib))(?:\/|$)|^\/etc\/(?:ld\.so|ssl|localtime|resolv\.conf|netsvc\.conf|svc\.conf|hosts|nsswitch|host\.conf|gai\.conf|passwd|group)|openssl\.cnf$/;

/**
 * A second oracle, below Node: which files and programs the kernel was asked for while each bundle ran. Connections are
 * refused before they come to the kernel, and variables are none of its business.
 */
export async function observeSystem(
  folder: string,
  bundles: readonly string[],
): Promise<ReadonlyMap<string, Testimony>> {
  const strace = findStrace();
  if (strace === null) throw new Error("strace is not installed");
  const log = join(folder, "strace.txt");
  const trace = "trace=%file,execve,execveat";
  const outcomes = await observe(folder, bundles, {
    before: [strace, "-f", "-qq", "-s", "4096", "-e", "signal=none", "-e", trace, "-o", log],
  });
  const calls = readCalls(readFileSync(log, "utf8"));
  return new Map(
    bundles.map((bundle) => {
      const own = calls.get(bundle) ?? [];
      const found = (isLook: boolean): readonly Observation[] =>
        distinct(
          own.flatMap((call) => seenIn(call, folder, bundle).filter((one) => isLookAt(one, call) === isLook)),
        );
      return [bundle, { seen: found(false), looks: found(true), error: outcomes.get(bundle)?.error ?? null }];
    }),
  );
}

/** Opening for both reads nothing yet: truncating does it. */
function isLookAt({ kind }: Observation, { name, args }: Call): boolean {
  return kind === "fs:read" && (readers.test(name) || args.includes("O_RDWR"));
}

interface Call {
  readonly name: string;
  readonly args: string;
}

/** The child asks for these paths before and after each bundle. */
export const markFolder = "/noxus-adversary-mark";

/** Calls of the whole process by the bundle that was running. */
function readCalls(log: string): ReadonlyMap<string, readonly Call[]> {
  const calls = new Map<string, Call[]>();
  let running: Call[] | null = null;
  /** Processes that have become other programs: what those do is not looked at. */
  const programs = new Set<string>();
  for (const line of log.split("\n")) {
    const [, pid = "", name = "", args = ""] = /^(\d+)\s+(\w+)\((.*)$/.exec(line) ?? [];
    if (programs.has(pid)) continue;
    if (name === "execve" && running !== null && args.endsWith(" = 0")) programs.add(pid);
    const [, edge, bundle = ""] = /"\/noxus-adversary-mark\/(begin|end)(\/[^"]*)"/.exec(args) ?? [];
    if (edge === "begin") {
      running = [];
      calls.set(bundle, running);
    } else if (edge === "end") running = null;
    else if (name !== "") running?.push({ name, args });
  }
  return calls;
}

function seenIn({ name, args }: Call, folder: string, bundle: string): readonly Observation[] {
  const paths = [...args.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text = ""]) => unescaped(text));
  const [first] = paths;
  // Without a path it is about a descriptor, which was opened by a call of its own.
  if (first === undefined || first === "") return [];
  if (name.startsWith("execve")) {
    // Without a PATH a bare name is looked for in these, one after the other.
    if (/^\/(?:usr\/)?bin\//.test(first) && / = -1 ENOENT/.test(args)) return [];
    return [{ kind: "exec", resource: commandOf(first, folder) }];
  }
  const at = (path: string, kind: "fs:read" | "fs:write"): readonly Observation[] => {
    const resource = resourceOf(path, folder, bundle);
    return resource === null ? [] : [{ kind, resource }];
  };
  if (name === "open" || name === "openat") {
    const isWriting = /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND/.test(args);
    const isReading = !/O_WRONLY|O_PATH/.test(args);
    return [...(isReading ? at(first, "fs:read") : []), ...(isWriting ? at(first, "fs:write") : [])];
  }
  // A report looks at the root of the file system.
  if (readers.test(name)) return first === "/" ? [] : at(first, "fs:read");
  if (!writers.test(name)) return [];
  // The text of a symbolic link is no path that is touched.
  const touched = name.startsWith("symlink") ? paths.slice(-1) : paths.slice(0, 2);
  return touched.flatMap((path) => at(path, "fs:write"));
}

function resourceOf(path: string, folder: string, bundle: string): string | null {
  const cwd = join(folder, "work");
  const whole = posix.resolve(cwd, path);
  const own = posix.dirname(bundle);
  if (ownPaths.test(whole) || whole === process.execPath || whole.startsWith(`${own}/`)) return null;
  // Where the program that is to be run is looked for.
  if (whole.startsWith(`${join(folder, "bin")}/`)) return null;
  // The way to the bundle itself: its folders, and a package.json in any of them.
  if (`${own}/`.startsWith(`${whole.replace(/\/package\.json$/, "")}/`) || whole === "/package.json")
    return null;
  if (whole === cwd) return ".";
  return whole.startsWith(`${cwd}/`) ? `./${whole.slice(cwd.length + 1)}` : whole;
}

/** A program of the one folder in PATH is named as it was asked for. */
function commandOf(path: string, folder: string): string {
  const bin = `${join(folder, "bin")}/`;
  return path.startsWith(bin) ? path.slice(bin.length) : path;
}

function unescaped(text: string): string {
  return Buffer.from(
    text.replace(/\\(\d{1,3}|.)/g, (_, code: string) =>
      /^\d/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : code,
    ),
    "latin1",
  ).toString();
}

function distinct(seen: readonly Observation[]): readonly Observation[] {
  return [...new Map(seen.map((one) => [`${one.kind} ${one.resource}`, one])).values()];
}
