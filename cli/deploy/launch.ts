/** How the instances of one version are started: one function for each kind. */
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { type ImageSource, provideImage } from "./container-image.ts";
import { startContainer } from "./container-instance.ts";
import type { ContainerEngine } from "./engine.ts";
import type { Launch } from "./instance.ts";
import { startProcess } from "./process-instance.ts";

type Variables = Readonly<Record<string, string>>;

/** Processes of the server in `release`, each with a log of its own in `logs`. */
export function processes(release: string, digest: string, logs: string, env: Variables): Launch {
  mkdirSync(logs, { recursive: true });
  // Node itself and setpriv are found by it; the plugin does not get it.
  const path = dirname(process.execPath).concat(":", process.env.PATH ?? "");
  return (index, know) =>
    startProcess(
      { release, digest, log: join(logs, `instance-${index}.log`), env: { ...env, PATH: path } },
      know,
    );
}

/** Containers of the plugin's image, which is made and loaded first. */
export async function containers(
  engine: ContainerEngine,
  source: ImageSource,
  env: Variables,
  surroundings: Parameters<typeof provideImage>[2],
): Promise<Launch> {
  const image = await provideImage(engine, source, surroundings);
  const { name, digest } = source.manifest;
  return (_, know) => startContainer({ engine, image, digest, plugin: name, env }, know);
}
