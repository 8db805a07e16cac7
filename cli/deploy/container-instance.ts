import { randomBytes } from "node:crypto";
import { imagePort, imageUser } from "../../compiler/image/labels.ts";
import { OutsideError } from "../exit.ts";
import { ask, type ContainerEngine, order } from "./engine.ts";
import { until } from "./processes.ts";
import { isReady, lastLine, startLimit } from "./ready.ts";

/** One container of a deployed plugin. */
export interface ContainerInstance {
  readonly kind: "container";
  readonly engine: ContainerEngine;
  /** Its full id. */
  readonly container: string;
  readonly name: string;
  /** On the loopback of this machine. */
  readonly port: number;
  /** Digest of the manifest that it serves. */
  readonly digest: string;
}

export interface ContainerOptions {
  readonly engine: ContainerEngine;
  /** Id of an image that the engine has. */
  readonly image: string;
  readonly digest: string;
  /** Of the plugin, for people who look at the engine's list. */
  readonly plugin: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Nothing of the image can be written, nothing gained; `/tmp` is memory, without programs. */
const confinement = [
  "--read-only",
  "--tmpfs=/tmp:rw,noexec,nosuid,nodev,size=64m",
  `--user=${imageUser}`,
  "--cap-drop=all",
  "--security-opt=no-new-privileges",
];

/**
 * Runs `image` with its port on any free one of the loopback and waits until it is ready. Throws an `OutsideError` with
 * what the container said last; it is removed then.
 */
export async function startContainer(
  { engine, image, digest, plugin, env }: ContainerOptions,
  know: (instance: ContainerInstance) => void,
): Promise<ContainerInstance> {
  const name = `noxus-${plugin}-${randomBytes(4).toString("hex")}`;
  // Names on the command line, values in the engine's own environment: every user of a machine can read the former.
  const names = Object.keys(env).map((each) => `--env=${each}`);
  const publish = `--publish=127.0.0.1::${imagePort}`;
  const container = await order(
    engine,
    ["create", `--name=${name}`, ...confinement, publish, ...names, image],
    { ...process.env, ...env },
  );
  const instance = { kind: "container", engine, container, name, digest } as const;
  know({ ...instance, port: 0 });
  try {
    await checkEnvironment(engine, container, env);
    await order(engine, ["start", container]);
    const port = Number(/:(\d+)\s*$/.exec(await order(engine, ["port", container, `${imagePort}/tcp`]))?.[1]);
    await until(
      async () => {
        if (await isReady(port)) return true;
        if (await isContainerRunning(instance)) return false;
        throw new OutsideError(`an instance ended at its start: ${await lastSaid(engine, container)}`);
      },
      startLimit,
      async () =>
        `an instance was not ready after ${startLimit / 1000} s: ${await lastSaid(engine, container)}`,
    );
    return { ...instance, port };
  } catch (error) {
    await remove(engine, container);
    throw error;
  }
}

export async function isContainerRunning({
  engine,
  container,
}: Pick<ContainerInstance, "engine" | "container">): Promise<boolean> {
  const { code, stdout } = await ask(engine, ["inspect", "--format={{.State.Running}}", container]);
  return code === 0 && stdout.trim() === "true";
}

/** Lets a container finish its calls, at most `ms`, then kills it; removes it in any case. */
export async function stopContainer({ engine, container }: ContainerInstance, ms: number): Promise<void> {
  // The engine says so when there is none, and removing tells whether that was it.
  await ask(engine, ["stop", "-t", String(Math.ceil(ms / 1000)), container]);
  await remove(engine, container);
}

async function remove(engine: ContainerEngine, container: string): Promise<void> {
  const { code, stderr } = await ask(engine, ["rm", "--force", "--volumes", container]);
  if (code !== 0 && !/no such container/i.test(stderr))
    throw new OutsideError(`${engine} cannot remove ${container.slice(0, 12)}: ${lastLine(stderr)}`);
}

/** A name that means something to the engine itself may have changed on the way: then nothing is started. */
async function checkEnvironment(
  engine: ContainerEngine,
  container: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const given = new Set(
    JSON.parse(
      await order(engine, ["inspect", "--format={{json .Config.Env}}", container]),
    ) as readonly string[], // by the engine
  );
  const lost = Object.entries(env).filter(([name, value]) => !given.has(`${name}=${value}`));
  if (lost.length > 0)
    throw new OutsideError(`${engine} did not pass on ${lost.map(([name]) => name).join(", ")}`);
}

async function lastSaid(engine: ContainerEngine, container: string): Promise<string> {
  const { stdout, stderr } = await ask(engine, ["logs", "--tail=1", container]);
  return lastLine(stdout.trim() === "" ? stderr : stdout);
}
