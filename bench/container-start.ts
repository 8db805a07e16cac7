/** From `runc run` to the first 200 of /health on one processor, and the processor time that the container took for it. */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, must, run } from "../test/image/tools.ts";

export interface Started {
  /** Until the answer, ms; on a busy machine waiting for the processor is in it. */
  readonly ms: number;
  /** Of all processes in the container until then, ms. */
  readonly cpuMs: number;
}

/** How long the asking waits between two questions, ms: each costs the server some of its one processor. */
const pauseMs = 20;

/**
 * Unpacks an image in a registry into a bundle for runc: read-only root, the machine's own network, no terminal and no
 * limits that this machine may not give. `program` is run instead of the image's own where it is given.
 */
export async function unpack(
  reference: string,
  folder: string,
  env: NodeJS.ProcessEnv,
  program: readonly string[] | null,
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const layout = join(folder, "layout");
  await must("skopeo", ["copy", "--src-tls-verify=false", `docker://${reference}`, `oci:${layout}:x`], {
    env,
  });
  const bundle = join(folder, "bundle");
  await must("umoci", ["unpack", "--image", `${layout}:x`, bundle]);
  const file = join(bundle, "config.json");
  const config = JSON.parse(readFileSync(file, "utf8")) as RuncConfig;
  const { process, linux } = config;
  const changed = {
    ...config,
    root: { ...config.root, readonly: true },
    process: { ...process, terminal: false, rlimits: [], ...(program === null ? {} : { args: program }) },
    linux: {
      ...linux,
      namespaces: linux.namespaces.filter(({ type }) => type !== "network"),
      // One processor of its own is meant, not what the neighbours leave of one.
      resources: { ...linux.resources, cpu: { shares: 262_144 } },
    },
  };
  writeFileSync(file, JSON.stringify(changed));
  return bundle;
}

interface RuncConfig {
  readonly root: object;
  readonly process: { readonly env: readonly string[] };
  readonly linux: { readonly resources: object; readonly namespaces: readonly { readonly type: string }[] };
}

export async function measureStart(bundle: string, name: string): Promise<Started> {
  const port = await freePort();
  const file = join(bundle, "config.json");
  const config = JSON.parse(readFileSync(file, "utf8")) as RuncConfig;
  const env = [...config.process.env.filter((entry) => !entry.startsWith("PORT=")), `PORT=${port}`];
  writeFileSync(file, JSON.stringify({ ...config, process: { ...config.process, env } }));
  const begin = performance.now();
  const container = spawn("taskset", ["-c", "0", "runc", "run", "-b", bundle, name], { stdio: "ignore" });
  const ended = new Promise((resolve) => container.on("close", resolve));
  try {
    while ((await statusOf(port)) !== 200) {
      if (container.exitCode !== null) throw new Error(`${name} ended with ${container.exitCode}`);
      await sleep(pauseMs);
    }
    const ms = performance.now() - begin;
    const usage = Number(readFileSync(`/sys/fs/cgroup/cpuacct/${name}/cpuacct.usage`, "utf8"));
    return { ms, cpuMs: usage / 1e6 };
  } finally {
    await run("runc", ["kill", name, "KILL"]);
    await ended;
    await run("runc", ["delete", "-f", name]);
  }
}

function statusOf(port: number): Promise<number> {
  return new Promise((resolve) => {
    const asked = get({ host: "127.0.0.1", port, path: "/health", agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on("error", () => resolve(0));
  });
}
