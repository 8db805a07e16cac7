/**
 * The image, with real parts: assembled without a daemon, pushed to a real registry, read by skopeo and umoci, run by
 * runc and podman; and built from the Dockerfile by buildah and by docker's client.
 */
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { namedBase, transportOf } from "../../cli/base-image.ts";
import { OutsideError, UsageError } from "../../cli/exit.ts";
import { buildWithEngine, type MadeImage, parsePlatforms, parseTarget } from "../../cli/image.ts";
import { loadPlugin } from "../../runtime/manifest/read.ts";
import { nodeBinaries } from "../../scripts/node-versions.ts";
import { baseImage } from "./base.ts";
import { type Maker, makerOf } from "./make.ts";
import { openProxy } from "./proxy.ts";
import { writeSmallBase } from "./small.ts";
import {
  bin,
  freePort,
  get,
  type Laboratory,
  missing,
  must,
  openLaboratory,
  root,
  run,
  until,
} from "./tools.ts";

const needed = [
  "docker-registry",
  "skopeo",
  "umoci",
  "runc",
  "podman",
  "buildah",
  "docker",
  "nsenter",
  "ip",
  "apt-get",
  "dpkg-deb",
];
const lacking = missing(...needed);
/** Skipped, and counted as such, where a tool is missing; each is a Debian package, and docker's client. */
const check = lacking.length === 0 ? test : test.skip;
if (lacking.length > 0) console.log(`not on this machine: ${lacking.join(", ")}; images are not tested`);

const example = join(root, "example-sentiment");
let laboratory: Laboratory | null = null;
const lab = (): Laboratory => {
  if (laboratory === null) throw new Error("the laboratory is closed");
  return laboratory;
};
const base = (): string => `${lab().registry}/base/node:24`;

interface Built {
  readonly image: MadeImage;
}

/** Builds by the command line, as a person does. */
async function build(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<MadeImage> {
  const done = await lab().noxus(["build", example, "--output", out(), "--json", ...args], env);
  assert.is(done.code, 0, done.stdout + done.stderr);
  return (JSON.parse(done.stdout) as Built).image;
}

const out = (): string => join(lab().folder, "out");

/** Makes an image of what was built last, without compiling it again. */
const { make, refusal }: Maker = {
  make: (wishes, env) => makerOf(example, out(), base(), lab().env).make(wishes, env),
  refusal: (wishes, env) => makerOf(example, out(), base(), lab().env).refusal(wishes, env),
};

test.before(async () => {
  if (lacking.length > 0) return;
  laboratory = await openLaboratory();
  const { registry, env } = laboratory;
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
});
test.after(async () => {
  await laboratory?.close();
});

const request = '{"inputs":{"text":"a good day"}}';
const isRight = (text: string): boolean =>
  text.includes('"label":"positive"') && text.includes('"status":"success"');

check("is pushed with what the registry lacks, and again with nothing", async () => {
  const target = `${lab().registry}/team/sentiment:1`;
  const first = await build(["--base", base(), "--push", target], { SECRET_OF_THE_BUILDER: "hush-hush" });
  const bytes = first.platforms[0]?.layers.reduce((sum, layer) => sum + layer.bytes, 0) ?? 0;
  assert.ok(bytes < 400_000, `the plugin's part has ${bytes} bytes`);
  assert.ok((first.uploaded ?? 0) < 420_000, "the base's layers are taken over in the registry, not sent");
  const again = await make({ push: parseTarget(target) });
  assert.is(again.digest, first.digest);
  assert.is(again.uploaded, 0);
  const tfvars = JSON.parse(
    readFileSync(join(lab().folder, "out", "image.auto.tfvars.json"), "utf8"),
  ) as object;
  assert.equal(tfvars, { image: first.reference });
});

check("holds our files and nothing of the machine that built it", async () => {
  const { registry, env, folder } = lab();
  const inspected = await must(
    "skopeo",
    ["inspect", "--config", "--tls-verify=false", `docker://${registry}/team/sentiment:1`],
    { env },
  );
  const config = JSON.parse(inspected) as {
    config: { User: string; Env: string[]; Labels: Record<string, string>; Entrypoint: string[] };
    history: object[];
  };
  assert.is(config.config.User, "65532:65532");
  assert.equal(config.config.Entrypoint, ["node", "/app/server.mjs"]);
  const raw = await must(
    "skopeo",
    ["inspect", "--raw", "--tls-verify=false", `docker://${registry}/team/sentiment:1`],
    { env },
  );
  const { annotations } = JSON.parse(raw) as { annotations: Record<string, string> };
  assert.equal(annotations, config.config.Labels);
  assert.match(annotations["dev.noxus.permissions"] ?? "", "network:api.openai.com");

  await must(
    "skopeo",
    ["copy", "--src-tls-verify=false", `docker://${registry}/team/sentiment:1`, `oci:${folder}/pulled:x`],
    { env },
  );
  await must("umoci", ["unpack", "--image", `${folder}/pulled:x`, join(folder, "unpacked")]);
  const files = (
    await must("find", [join(folder, "unpacked/rootfs/app"), "-type", "f", "-printf", "%f %U:%G %m %T@\n"])
  )
    .trim()
    .split("\n")
    .sort();
  assert.equal(
    files,
    ["bundle.mjs", "bundle.mjs.map", "manifest.json", "runner.mjs", "server.mjs", "validators.mjs"].map(
      (name) => `${name} 0:0 644 0.0000000000`,
    ),
  );
  const text = files
    .map((line) => readFileSync(join(folder, "unpacked/rootfs/app", line.split(" ")[0] ?? ""), "utf8"))
    .join("\n");
  assert.not.match(text + inspected + raw, "hush-hush");
  assert.not.ok(text.includes(root), "a path of the build machine is in the image");
  assert.not.match(text, "sourcesContent");
});

check("runs under runc with a read-only root, answers from inside, and ends with 0", async () => {
  const bundle = join(lab().folder, "unpacked");
  const file = join(bundle, "config.json");
  const config = JSON.parse(readFileSync(file, "utf8")) as {
    process: { terminal: boolean; rlimits: object[]; noNewPrivileges: boolean };
    root: { readonly: boolean };
  };
  config.process.terminal = false;
  config.process.rlimits = [];
  config.process.noNewPrivileges = true;
  config.root.readonly = true;
  writeFileSync(file, JSON.stringify(config));
  const name = `noxus-test-${process.pid}`;
  const container = spawn("runc", ["run", "-b", bundle, name], {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let said = "";
  container.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  container.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => container.on("close", resolve));
  try {
    const pid = await until(
      async () => {
        const state = await run("runc", ["state", name]);
        return state.code === 0 ? String((JSON.parse(state.stdout) as { pid: number }).pid) : null;
      },
      15_000,
      "runc's start",
    );
    const inside = (...args: string[]) => run("nsenter", ["-t", pid, "-n", ...args]);
    await inside("ip", "link", "set", "lo", "up");
    await until(
      async () => {
        const health = await inside("curl", "-sf", "http://127.0.0.1:8080/health/ready");
        return health.code === 0 ? true : null;
      },
      15_000,
      `readiness (${said})`,
    );
    const answer = await inside(
      "curl",
      "-s",
      "-H",
      "content-type: application/json",
      "-d",
      request,
      "http://127.0.0.1:8080/sentiment/run",
    );
    assert.ok(isRight(answer.stdout), answer.stdout);
    await must("runc", ["kill", name, "TERM"]);
    assert.is(await ended, 0, said);
  } finally {
    await run("runc", ["delete", "-f", name]);
  }
});

/** Docker's client does not read podman's limits, and asks for more than this machine may give. */
const limits: Readonly<Record<string, readonly string[]>> = {
  docker: ["--ulimit", "nofile=1024:2048", "--ulimit", "nproc=1000:2000"],
};

async function runsUnder(tool: string, image: string, env: NodeJS.ProcessEnv): Promise<void> {
  const port = await freePort();
  const id = (
    await must(
      tool,
      [
        "run",
        "-d",
        "--read-only",
        "--cap-drop",
        "all",
        "--security-opt",
        "no-new-privileges",
        ...(limits[tool] ?? []),
        "--network",
        "host",
        "-e",
        `PORT=${port}`,
        image,
      ],
      { env },
    )
  ).trim();
  await until(() => get(`http://127.0.0.1:${port}/health/ready`), 20_000, "readiness");
  const answer = await fetch(`http://127.0.0.1:${port}/sentiment/run`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: request,
  });
  const text = await answer.text();
  assert.ok(isRight(text), text);
  await must(tool, ["stop", "-t", "30", id], { env });
  assert.is((await must(tool, ["inspect", id, "--format", "{{.State.ExitCode}}"], { env })).trim(), "0");
  await must(tool, ["rm", id], { env });
}

check("runs under podman with a read-only root, no capability and no new privilege", async () => {
  await runsUnder("podman", `${lab().registry}/team/sentiment:1`, lab().env);
});

check("is loaded by podman, and from its archive", async () => {
  const { env, folder } = lab();
  const tar = join(folder, "image.tar");
  await make({ tar });
  assert.match(await must("podman", ["load", "-i", tar], { env }), "sentiment-analyze:0.1.0");
  await must("podman", ["rmi", "sentiment-analyze:0.1.0"], { env });
  // Docker's client is here and no docker: `--load` has to go on to podman.
  const made = await make({ isLoading: true });
  assert.is(made.loaded, "podman");
  assert.match(await must("podman", ["images"], { env }), "localhost/sentiment-analyze");
});

check("has one digest in two folders, under three versions of Node, whatever the time zone", async () => {
  const { folder, env } = lab();
  const elsewhere = join(folder, "another", "place with spaces");
  mkdirSync(elsewhere, { recursive: true });
  cpSync(example, elsewhere, {
    recursive: true,
    filter: (path) => !/node_modules|\/dist|\.noxus/.test(path),
  });
  cpSync(join(example, "node_modules"), join(elsewhere, "node_modules"), { recursive: true });
  const here = await make({ layout: join(folder, "layout") });
  const digests = new Set([here.digest]);
  const binaries = await nodeBinaries();
  // This one has made the image above.
  for (const { path } of binaries.filter(({ version }) => version !== process.versions.node)) {
    const args = [
      "build",
      elsewhere,
      "--output",
      join(folder, "other-out"),
      "--json",
      "--base",
      base(),
      "--layout",
      join(folder, "layout-2"),
    ];
    const done = await run(path, [bin, ...args], { env: { ...env, TZ: "Asia/Tokyo", LANG: "de_DE.UTF-8" } });
    assert.is(done.code, 0, done.stdout + done.stderr);
    digests.add((JSON.parse(done.stdout) as Built).image.digest);
  }
  assert.is(digests.size, 1, [...digests].join(" "));
  const dated = await make(
    { layout: join(folder, "layout-3") },
    { ...lab().env, SOURCE_DATE_EPOCH: "1700000000" },
  );
  assert.is.not(dated.digest, here.digest);
});

check("sends one layer after a change of one line, and nothing twice", async () => {
  const { folder, registry, env } = lab();
  const proxy = await openProxy(registry);
  try {
    const target = `${proxy.address}/team/changing:1`;
    const wishes = { base: `${proxy.address}/base/node:24`, push: parseTarget(target) };
    const first = await make(wishes);
    const layersOf = (image: MadeImage): readonly string[] =>
      image.platforms[0]?.layers.map(({ digest }) => digest) ?? [];
    assert.equal(
      layersOf(first).filter((digest) => proxy.uploads().includes(digest)),
      layersOf(first),
    );
    const before = proxy.requests.length;
    await make(wishes);
    assert.equal(
      proxy.requests.slice(before).filter((request) => !/^(GET|HEAD) /.test(request)),
      [],
      "an image that is there is only asked for",
    );

    const line = join(folder, "another", "place with spaces", "src", "openai.ts");
    const text = readFileSync(line, "utf8");
    assert.match(text, "the model refused");
    writeFileSync(line, text.replace("the model refused", "it refused"));
    const earlier = new Set(proxy.uploads());
    const done = await lab().noxus(
      [
        ...["build", join(folder, "another", "place with spaces"), "--output", join(folder, "other-out")],
        ...["--json", "--base", wishes.base, "--push", target],
      ],
      env,
    );
    assert.is(done.code, 0, done.stdout + done.stderr);
    const changed = (JSON.parse(done.stdout) as Built).image;
    const [runtime, plugin] = layersOf(changed);
    assert.is(runtime, layersOf(first)[0]);
    assert.is.not(plugin, layersOf(first)[1]);
    const sent = proxy.uploads().filter((digest) => !earlier.has(digest));
    const config = changed.platforms[0]?.config ?? "";
    // What is left is the statement of provenance, which names the new image. The bill of materials is the same.
    const others = sent.filter((digest) => digest !== plugin && digest !== config);
    assert.is(sent.length, 3, sent.join(" "));
    assert.ok(sent.includes(plugin ?? "") && sent.includes(config));
    const [statement] = others;
    const blob = await get(`http://${registry}/v2/team/changing/blobs/${statement}`);
    assert.match(blob ?? "", '"predicateType": "https://slsa.dev/provenance/v1"');
  } finally {
    proxy.close();
  }
});

check("is made for two platforms without emulation, and skopeo copies the index whole", async () => {
  const { folder, registry, env } = lab();
  // One base for both platforms, as registries hold them.
  const both = `${registry}/base/both:24`;
  const descriptors = [];
  for (const architecture of ["amd64", "arm64"] as const) {
    await must(
      "skopeo",
      [
        "copy",
        "--dest-tls-verify=false",
        `oci:${baseImage(architecture)}:base`,
        `docker://${registry}/base/both:${architecture}`,
      ],
      { env },
    );
    const index = JSON.parse(readFileSync(join(baseImage(architecture), "index.json"), "utf8")) as {
      manifests: { annotations: object }[];
    };
    const [{ annotations: _, ...descriptor } = { annotations: {} }] = index.manifests;
    descriptors.push(descriptor);
  }
  const mediaType = "application/vnd.oci.image.index.v1+json";
  const put = await fetch(`http://${registry}/v2/base/both/manifests/24`, {
    method: "PUT",
    headers: { "content-type": mediaType },
    body: JSON.stringify({ schemaVersion: 2, mediaType, manifests: descriptors }),
  });
  assert.is(put.status, 201);
  const target = `${registry}/team/sentiment:both`;
  const made = await make({
    base: both,
    platforms: parsePlatforms("linux/amd64,linux/arm64"),
    push: parseTarget(target),
  });
  assert.is(made.platforms.length, 2);
  await must(
    "skopeo",
    ["copy", "--all", "--src-tls-verify=false", `docker://${target}`, `oci:${folder}/all:x`],
    { env },
  );
  const arm = await must(
    "skopeo",
    ["inspect", "--config", "--override-arch", "arm64", "--tls-verify=false", `docker://${target}`],
    { env },
  );
  assert.is((JSON.parse(arm) as { architecture: string }).architecture, "arm64");
  const refused = await refusal({ platforms: parsePlatforms("linux/arm64"), layout: join(folder, "no") });
  assert.instance(refused, UsageError);
  assert.match(refused.message, "is not made for linux/arm64");
  assert.not.ok(existsSync(join(folder, "no")));
});

check("has a Dockerfile that starts from a digest, only copies, and is checked for health", async () => {
  const { registry, folder, env } = lab();
  const text = readFileSync(join(out(), "Dockerfile"), "utf8");
  const words = text
    .split("\n")
    .filter((line) => /^[A-Z]/.test(line))
    .map((line) => line.split(" ")[0]);
  assert.equal(
    words.filter((word) => word !== "LABEL"),
    ["FROM", "WORKDIR", "COPY", "ENV", "USER", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT"],
  );
  const digest = await must(
    "skopeo",
    ["inspect", "--format", "{{.Digest}}", "--tls-verify=false", `docker://${base()}`],
    { env },
  );
  assert.match(text, `FROM ${registry}/base/node@${digest.trim()}\n`);
  assert.match(text, '\nENTRYPOINT ["node", "/app/server.mjs"]\n');
  assert.match(text, /\nHEALTHCHECK .* CMD \["node","-e",/);
  const [all, ...allowed] = readFileSync(join(out(), ".dockerignore"), "utf8").trim().split("\n");
  assert.is(all, "*");
  for (const name of /^COPY --chown=0:0 (.*) \.\/$/m.exec(text)?.[1]?.split(" ") ?? [])
    assert.ok(allowed.includes(`!${name}`), name);

  // A tag without an image to make: the registry is asked all the same, and without one the tag stays, with a note.
  const there = await namedBase(base(), false, { cwd: folder, env });
  assert.equal(there, { from: `${registry}/base/node@${digest.trim()}`, note: null });
  const nobody = `127.0.0.1:${await freePort()}/base/node:24`;
  const gone = await namedBase(nobody, false, { cwd: folder, env });
  assert.is(gone.from, nobody);
  assert.match(gone.note ?? "", "by its tag: cannot read");
  assert.match(gone.note ?? "", "nothing listens there");
});

check("is built from the Dockerfile by buildah, and by docker's client, and answers", async () => {
  const { folder, env } = lab();
  await must(
    "buildah",
    ["bud", "--isolation", "chroot", "--tls-verify=false", "--format", "docker", "-t", "by-buildah", "."],
    { env, cwd: out() },
  );
  const image = await must("buildah", ["inspect", "--type", "image", "by-buildah"], { env });
  assert.match(image, /"Healthcheck":\s*\{\s*"Test":\s*\[\s*"CMD",\s*"node"/);
  await runsUnder("podman", "localhost/by-buildah", env);
  const socket = join(folder, "podman.sock");
  const service = spawn("podman", ["system", "service", "-t", "0", `unix://${socket}`], {
    env,
    stdio: "ignore",
    detached: true,
  });
  try {
    await until(async () => (existsSync(socket) ? true : null), 10_000, "podman's service");
    const docker = { ...env, DOCKER_HOST: `unix://${socket}` };
    await must("docker", ["build", "-t", "by-docker", "."], { env: docker, cwd: out() });
    await runsUnder("docker", "by-docker", docker);
  } finally {
    service.kill("SIGTERM");
  }
});

check("is built by an engine on a base in a folder, which docker is told to be impossible", async () => {
  const { folder } = lab();
  const output = join(folder, "on-a-folder");
  const small = join(folder, "small");
  writeSmallBase(small);
  const args = ["build", example, "--output", output, "--base", small, "--engine"];
  const done = await lab().noxus([...args, "buildah"], { BUILDAH_ISOLATION: "chroot" });
  assert.is(done.code, 0, done.stdout + done.stderr);
  assert.match(done.stdout, "image        sentiment-analyze:0.1.0, by buildah");
  assert.match(done.stderr, "the Dockerfile starts from small, which a Dockerfile cannot name");
  const text = readFileSync(join(output, "Dockerfile"), "utf8");
  assert.match(text, "\nARG BASE\nFROM ${BASE}\n");
  assert.not.match(text, folder);
  const { manifest } = await loadPlugin(join(output, "manifest.json"));
  const surroundings = { base: transportOf(small, folder), env: lab().env, stderr: new PassThrough() };
  const told = await buildWithEngine("docker", output, manifest, surroundings).catch(
    (error: unknown) => error,
  );
  assert.instance(told, UsageError);
});

check("names what to install where an engine is not there", async () => {
  const { manifest } = await loadPlugin(join(out(), "manifest.json"));
  const surroundings = { base: null, env: { PATH: "/nowhere" }, stderr: new PassThrough() };
  const told = await buildWithEngine("podman", out(), manifest, surroundings).catch(
    (error: unknown) => error,
  );
  if (!(told instanceof OutsideError)) throw new Error("there is a podman in /nowhere");
  assert.match(`${told.message}: ${told.hint}`, "podman is not installed: install podman");
});

check("says what is wrong with a base or a registry that is not there", async () => {
  const { folder, registry } = lab();
  const layout = join(folder, "no");
  const cases: readonly (readonly [Parameters<Maker["make"]>[0], RegExp])[] = [
    [{ push: parseTarget(`127.0.0.1:${await freePort()}/x:1`) }, /nothing listens there/],
    [{ base: "./no-such-image", layout }, /there is no image at/],
    [{ base: join(example, "plugin.yaml"), layout }, /is no image: not a tar archive/],
    [{ base: `${registry}/base/none:1`, layout }, /there is no/],
  ];
  for (const [wishes, told] of cases) {
    assert.match((await refusal(wishes)).message, told);
    assert.not.ok(existsSync(layout));
  }
});

test.run();
