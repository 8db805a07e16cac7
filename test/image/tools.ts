/** Real parts for the image tests: a registry, podman, runc, skopeo and umoci from Debian's packages, all in one folder. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export const root: string = join(import.meta.dirname, "..", "..");
export const bin: string = join(root, "bin", "noxus.cjs");

/** Which of `tools` this machine lacks. */
export function missing(...tools: readonly string[]): readonly string[] {
  return tools.filter((tool) => spawnSync("sh", ["-c", `command -v ${tool}`]).status !== 0);
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function run(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

/** Runs a tool that must succeed, and gives what it printed. */
export async function must(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const done = await run(command, args, options);
  if (done.code !== 0)
    throw new Error(`${command} ${args.join(" ")}: ${done.code}\n${done.stdout}${done.stderr}`);
  return done.stdout;
}

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

export async function until<T>(get: () => Promise<T | null>, ms: number, what: string): Promise<T> {
  const deadline = performance.now() + ms;
  for (;;) {
    const value = await get();
    if (value !== null) return value;
    if (performance.now() > deadline) throw new Error(`${what} took longer than ${ms} ms`);
    await sleep(20);
  }
}

/** The text of an answer; null while there is none, or it is no 200. */
export async function get(url: string): Promise<string | null> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
    const text = await answer.text();
    return answer.status === 200 ? text : null;
  } catch {
    return null;
  }
}

/** Environment in which podman and buildah keep what is theirs in `folder`, and noxus its cache. */
export function podmanEnvironment(
  folder: string,
  network: "host" | "bridge",
  registry: string | null = null,
): NodeJS.ProcessEnv {
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  return {
    ...process.env,
    XDG_CACHE_HOME: join(folder, "cache"),
    // Neither systemd nor cgroups v2 here, and fewer files and processes than podman asks for.
    CONTAINERS_CONF: file(
      "containers.conf",
      `[containers]
default_ulimits=["nofile=1024:2048","nproc=1000:2000"]
netns="${network}"
[engine]
runtime="runc"
cgroup_manager="cgroupfs"
events_logger="file"
`,
    ),
    CONTAINERS_REGISTRIES_CONF: file(
      "registries.conf",
      registry === null ? "" : `[[registry]]\nlocation="${registry}"\ninsecure=true\n`,
    ),
    CONTAINERS_STORAGE_CONF: file(
      "storage.conf",
      `[storage]\ndriver="overlay"\ngraphroot="${folder}/graph"\nrunroot="${folder}/run"\n`,
    ),
  };
}

/** Removes podman's containers of `folder`, and what it mounted there, which has to go before the folder can. */
export async function removeContainers(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  await run("podman", ["rm", "-af"], { env });
  for (const line of readFileSync("/proc/mounts", "utf8").split("\n"))
    if (line.includes(folder)) spawnSync("umount", ["-l", line.split(" ")[1] ?? ""]);
}

export interface Laboratory {
  /** Removed at the end. */
  readonly folder: string;
  /** Host and port of the registry. */
  readonly registry: string;
  /** Environment in which podman and buildah use this folder only. */
  readonly env: NodeJS.ProcessEnv;
  readonly noxus: (args: readonly string[], env?: NodeJS.ProcessEnv) => Promise<Ran>;
  readonly close: () => Promise<void>;
}

export async function openLaboratory(): Promise<Laboratory> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "noxus-image-")));
  const port = await freePort();
  const registry = `127.0.0.1:${port}`;
  for (const name of ["registry", "docker"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "docker", "config.json"), "{}");
  const config = join(folder, "registry.yml");
  writeFileSync(
    config,
    `version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: ${folder}/registry}, delete: {enabled: true}}
http: {addr: "${registry}"}
`,
  );
  const server: ChildProcess = spawn("docker-registry", ["serve", config], {
    stdio: "ignore",
    detached: true,
  });
  await until(() => get(`http://${registry}/v2/`), 10_000, "the registry's start");
  const env: NodeJS.ProcessEnv = {
    ...podmanEnvironment(folder, "host", registry),
    DOCKER_CONFIG: join(folder, "docker"),
  };
  return {
    folder,
    registry,
    env,
    noxus: (args, more = {}) =>
      run(process.execPath, [bin, ...args], { env: { ...env, ...more }, cwd: folder }),
    async close() {
      if (missing("podman").length === 0) await removeContainers(folder, env);
      server.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
