/**
 * `make bench-image`: making and pushing an image, against buildah on the same files, in turns; what the plugin adds to
 * its base; and from the start of its container to the first good answer on one processor. What is compiled beforehand
 * is not counted, and stated. Needs the Debian packages of the image tests.
 *
 *   node bench/image.ts [--rounds 5]
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openBase } from "../cli/base-image.ts";
import { makeImage, parsePlatforms, parseTarget } from "../cli/image.ts";
import { loadPlugin } from "../runtime/manifest/read.ts";
import { baseImage } from "../test/image/base.ts";
import { missing, must, openLaboratory, root } from "../test/image/tools.ts";
import { measureStart, type Started, unpack } from "./container-start.ts";

const at = process.argv.indexOf("--rounds");
const rounds = at === -1 ? 5 : Number(process.argv[at + 1]);
const lacking = missing("docker-registry", "skopeo", "buildah", "umoci", "runc", "taskset");
if (lacking.length > 0) {
  console.log(`not on this machine: ${lacking.join(", ")}`);
  process.exit(4);
}

const laboratory = await openLaboratory();
const { folder, registry, env, noxus } = laboratory;
const out = join(folder, "out");
const example = join(root, "example-sentiment");
try {
  await must(
    "skopeo",
    [
      "copy",
      "--dest-tls-verify=false",
      `oci:${baseImage("amd64")}:base`,
      `docker://${registry}/base/node:24`,
    ],
    { env },
  );
  const compiling = performance.now();
  await noxus(["build", example, "--output", out]);
  const compileMs = performance.now() - compiling;
  const { manifest } = await loadPlugin(join(out, "manifest.json"));
  const dockerfile = join(out, "Dockerfile");
  writeFileSync(
    dockerfile,
    readFileSync(dockerfile, "utf8").replace(/^FROM .*$/m, `FROM ${registry}/base/node:24`),
  );

  const ours = async (target: string, cache: string) => {
    const cached = { ...env, XDG_CACHE_HOME: join(folder, cache) };
    const begin = performance.now();
    const made = await makeImage(
      example,
      out,
      manifest,
      {
        base: openBase(`${registry}/base/node:24`, false, { cwd: out, env: cached }),
        platforms: parsePlatforms("linux/amd64"),
        layout: null,
        tar: null,
        push: parseTarget(`${registry}/${target}`),
        sign: null,
        isLoading: false,
        isPlain: false,
      },
      { env: cached, tell: () => {} },
    );
    const layers = made.platforms[0]?.layers ?? [];
    return { ms: performance.now() - begin, bytes: made.uploaded ?? 0, layers };
  };
  const theirs = async (target: string): Promise<number> => {
    const begin = performance.now();
    const flags = [
      "--isolation",
      "chroot",
      "--tls-verify=false",
      "--format",
      "oci",
      "--layers",
      "--timestamp",
      "0",
      "--identity-label=false",
    ];
    await must("buildah", ["bud", ...flags, "-t", `${registry}/${target}`, "."], { cwd: out, env });
    await must("buildah", ["push", "--tls-verify=false", `${registry}/${target}`], { cwd: out, env });
    return performance.now() - begin;
  };
  const change = (round: number): void => {
    const file = join(out, "bundle.mjs");
    writeFileSync(file, `${readFileSync(file, "utf8")}// ${round}\n`);
  };

  const rows: Record<string, { ours: number[]; theirs: number[]; bytes: number[] }> = {};
  const row = (name: string) => (rows[name] ??= { ours: [], theirs: [], bytes: [] });
  let pluginBytes = 0;
  // Before files are changed: the server takes no bundle that its manifest does not know.
  const image = `${registry}/started/x:1`;
  await ours("started/x:1", "cache-started");
  for (let round = 0; round < rounds; round += 1) {
    await must("buildah", ["rmi", "--all", "--force"], { env }).catch(() => "");
    const steps: readonly (readonly [string, () => void])[] = [
      [
        "cold, base in the registry",
        () => rmSync(join(folder, `cache-${round}`), { recursive: true, force: true }),
      ],
      ["nothing changed", () => {}],
      ["one line changed", () => change(round)],
    ];
    for (const [name, prepare] of steps) {
      prepare();
      const mine = await ours(`a${round}/x:1`, `cache-${round}`);
      pluginBytes = mine.layers.reduce((sum, layer) => sum + layer.bytes, 0);
      row(name).ours.push(mine.ms);
      row(name).bytes.push(mine.bytes);
      row(name).theirs.push(await theirs(`b${round}/x:1`));
    }
  }
  const median = (values: readonly number[]): number =>
    [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  const targets: Readonly<Record<string, string>> = {
    "cold, base in the registry": "<= 600",
    "nothing changed": "<= 400, 0 kB",
    "one line changed": "<= 500, one layer",
  };
  console.log(`compiled before, by the command line: ${compileMs.toFixed(0)} ms`);
  console.log("make and push an image, median ms");
  for (const [name, { ours: mine, theirs: other, bytes }] of Object.entries(rows)) {
    const ratio = median(other.map((ms, index) => ms / (mine[index] ?? 1)));
    console.log(
      `  ${name.padEnd(28)} noxus ${median(mine).toFixed(0).padStart(6)}   buildah ${median(other).toFixed(0).padStart(6)}   ${ratio.toFixed(1)}x   ${(median(bytes) / 1000).toFixed(1)} kB sent   (wanted ${targets[name]}, 5x)`,
    );
  }
  console.log(`added to the base: ${(pluginBytes / 1000).toFixed(1)} kB compressed   (wanted <= 400)`);

  const plain = `require("node:http").createServer((q, r) => r.end("{}")).listen(process.env.PORT)`;
  const bundles = {
    noxus: await unpack(image, join(folder, "started"), env, null),
    "node:http alone": await unpack(image, join(folder, "plain"), env, ["/usr/local/bin/node", "-e", plain]),
  };
  const starts = new Map<string, Started[]>(Object.keys(bundles).map((name) => [name, []]));
  for (let round = 0; round < 2 * rounds; round += 1)
    for (const [name, bundle] of Object.entries(bundles))
      starts.get(name)?.push(await measureStart(bundle, `noxus-bench-${process.pid}-${round}`));
  console.log("runc to the first 200 of /health, one processor, ms   (wanted <= 200)");
  for (const [name, each] of starts) {
    const ms = each.map((start) => start.ms);
    const cpu = median(each.map((start) => start.cpuMs)).toFixed(0);
    console.log(
      `  ${name.padEnd(28)} median ${median(ms).toFixed(0).padStart(6)}   least ${Math.min(...ms)
        .toFixed(0)
        .padStart(6)}   ${cpu} of processor time`,
    );
  }
} finally {
  await laboratory.close();
}
