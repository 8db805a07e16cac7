/**
 * The image, with real parts: assembled without a daemon, pushed to a real registry, read by skopeo and umoci, run by
 * runc and podman; and built from the Dockerfile by buildah and by docker's client.
 */
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isTold, OutsideError, type ToldError, UsageError } from "../../cli/exit.ts";
import {
  type ImageWishes,
  type MadeImage,
  makeImage,
  parsePlatforms,
  parseTarget,
  toldImageError,
} from "../../cli/image.ts";
import { loadPlugin } from "../../runtime/manifest/read.ts";
import { nodeBinaries } from "../../scripts/node-versions.ts";
import { baseImage } from "./base.ts";
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
async function make(wishes: Partial<ImageWishes>, env: NodeJS.ProcessEnv = lab().env): Promise<MadeImage> {
  const { manifest } = await loadPlugin(join(out(), "manifest.json"));
  const all: ImageWishes = {
    base: base(),
    platforms: parsePlatforms("linux/amd64"),
    layout: null,
    tar: null,
    push: null,
    sign: null,
    isLoading: false,
    isPlain: false,
    ...wishes,
  };
  return makeImage(example, out(), manifest, all, { cwd: out(), env, tell: () => {} });
}

/** What kept an image from being made, as the command line tells it. */
async function refusal(wishes: Partial<ImageWishes>, env: NodeJS.ProcessEnv = lab().env): Promise<ToldError> {
  try {
    await make(wishes, env);
  } catch (error) {
    const told = toldImageError(error);
    if (isTold(told)) return told;
    throw error;
  }
  throw new Error("the image was made");
}

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
  // Docker's client is here and no docker: `--load` has to go on to podman.
  const done = await lab().noxus([
    "build",
    example,
    "--output",
    join(folder, "out"),
    "--base",
    base(),
    "--load",
  ]);
  assert.is(done.code, 0, done.stderr);
  assert.match(done.stdout, "loaded    into podman as sentiment-analyze:0.1.0");
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
  for (const { path } of await nodeBinaries()) {
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

check("is built from the Dockerfile by buildah, and by docker's client, and answers", async () => {
  const { folder, env } = lab();
  const dockerfile = join(out(), "Dockerfile");
  // The base of plugin.yaml is on Docker Hub, which is not reached from here.
  writeFileSync(dockerfile, readFileSync(dockerfile, "utf8").replace(/^FROM .*$/m, `FROM ${base()}`));
  await must(
    "buildah",
    ["bud", "--isolation", "chroot", "--tls-verify=false", "--format", "docker", "-t", "by-buildah", "."],
    { env, cwd: out() },
  );
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

check("names an engine that is none, or is not there", async () => {
  const build = ["build", example, "--output", join(lab().folder, "engine")];
  const unknown = await lab().noxus([...build, "--engine", "kaniko"]);
  assert.is(unknown.code, 2);
  assert.match(unknown.stderr, "`kaniko` is no engine");
  const none = await lab().noxus([...build, "--engine", "podman"], { PATH: "/nowhere" });
  assert.is(none.code, 4, none.stderr);
  assert.match(none.stderr, "podman is not installed");
});

/** What a registry may answer instead, and what people are told then. */
const failures: readonly {
  readonly what: string;
  readonly answer: (
    path: string,
  ) => { status?: number; headers?: Record<string, string>; cut?: true; body?: string } | null;
  readonly told: RegExp;
}[] = [
  {
    what: "401 without a way in",
    answer: () => ({ status: 401 }),
    told: /asks for something that noxus cannot give[\s\S]*docker login/,
  },
  {
    what: "401 with a name and a password",
    answer: () => ({ status: 401, headers: { "www-authenticate": 'Basic realm="x"' } }),
    told: /asks for a name and a password[\s\S]*podman login/,
  },
  {
    what: "403",
    answer: (path) => (path.includes("uploads") ? { status: 403 } : null),
    told: /you may not do that \(403\)/,
  },
  {
    what: "404",
    answer: (path) => (path.includes("uploads") ? { status: 404 } : null),
    told: /there is no repository/,
  },
  {
    what: "429",
    answer: (path) => (path.includes("uploads") ? { status: 429, headers: { "retry-after": "0" } } : null),
    told: /asked too often \(429\)/,
  },
  {
    what: "500",
    answer: (path) =>
      path.includes("uploads") ? { status: 500, body: '{"errors":[{"message":"disk is full"}]}' } : null,
    told: /internal error \(500: disk is full\)/,
  },
  {
    what: "a cut connection",
    answer: (path) => (path.includes("uploads") ? { cut: true } : null),
    told: /the connection was cut/,
  },
  {
    what: "another manifest than asked for",
    answer: (path) => (/manifests\/sha256/.test(path) ? { status: 200, body: "{}" } : null),
    told: /the registry sent something else/,
  },
  {
    what: "another blob than asked for",
    answer: (path) => (/GET .*blobs\/sha256/.test(path) ? { status: 200, body: "{}" } : null),
    told: /the registry sent something else/,
  },
];

check("tells every failure of a registry in words, with exit code 4 and nothing tagged", async () => {
  const { registry, folder, env } = lab();
  let failure: (typeof failures)[number] | null = null;
  const proxy = createServer((incoming, outgoing) => {
    const answer = failure?.answer(`${incoming.method} ${incoming.url}`) ?? null;
    if (answer?.cut === true) return incoming.socket.destroy();
    if (answer !== null) {
      outgoing.writeHead(answer.status ?? 200, answer.headers);
      return outgoing.end(answer.body ?? "");
    }
    const body: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => body.push(chunk));
    incoming.on("end", async () => {
      const headers = new Headers();
      for (const [name, value] of Object.entries(incoming.headers))
        if (
          typeof value === "string" &&
          !/^(host|connection|content-length|transfer-encoding|expect)$/.test(name)
        )
          headers.set(name, value);
      const passed = await fetch(`http://${registry}${incoming.url}`, {
        method: incoming.method ?? "GET",
        headers,
        ...(/GET|HEAD/.test(incoming.method ?? "") ? {} : { body: Buffer.concat(body) }),
      });
      const back = Object.fromEntries(passed.headers);
      const location = back.location?.replace(registry, through);
      outgoing.writeHead(passed.status, { ...back, ...(location === undefined ? {} : { location }) });
      outgoing.end(Buffer.from(await passed.arrayBuffer()));
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = proxy.address();
  const through = `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  try {
    const digest = (
      await must(
        "skopeo",
        ["inspect", "--format", "{{.Digest}}", "--tls-verify=false", `docker://${base()}`],
        { env },
      )
    ).trim();
    for (const [index, each] of failures.entries()) {
      failure = each;
      const isAboutBase = /asked for/.test(each.what);
      const told = await refusal(
        {
          base: isAboutBase ? `${through}/base/node@${digest}` : base(),
          push: parseTarget(`${isAboutBase ? registry : through}/broken/x${index}:1`),
        },
        { ...env, XDG_CACHE_HOME: join(folder, `cache-${index}`) },
      );
      assert.instance(told, OutsideError, each.what);
      assert.match(`${told.message}\n${told.hint}`, each.told, each.what);
      assert.is(await get(`http://${registry}/v2/broken/x${index}/manifests/1`), null, each.what);
    }
    failure = null;
    await make({ push: parseTarget(`${through}/broken/fine:1`) });
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
});

check("says what is wrong with a base or a registry that is not there", async () => {
  const { folder, registry } = lab();
  const layout = join(folder, "no");
  const cases: readonly (readonly [Partial<ImageWishes>, RegExp])[] = [
    [{ push: parseTarget(`127.0.0.1:${await freePort()}/x:1`) }, /nothing listens there/],
    [{ base: "./no-such-image", layout }, /there is no image at/],
    [{ base: join(example, "plugin.yaml"), layout }, /is no image: not a tar archive/],
    [{ base: `${registry}/base/none:1`, layout }, /there is no/],
  ];
  for (const [wishes, told] of cases) {
    assert.match((await refusal(wishes)).message, told);
    assert.not.ok(existsSync(layout));
  }
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [["--push", `registry.example.com/${"x/".repeat(140)}x:1`], /longer than 255 characters/],
    [["--push", `127.0.0.1:1/x@sha256:${"0".repeat(64)}`], /takes a tag, not a digest/],
  ];
  for (const [args, told] of wrong) {
    const done = await lab().noxus(["build", example, "--output", out(), ...args]);
    assert.is(done.code, 2);
    assert.match(done.stderr, told);
  }
});

test.run();
