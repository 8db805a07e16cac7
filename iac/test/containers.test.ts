/** The local twin as containers: podman's, and docker's client against podman's service, behind a real nginx. */
import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { baseImage } from "../../test/image/base.ts";
import { missing, must, podmanEnvironment, removeContainers, until } from "../../test/image/tools.ts";
import { lost, openTwin, type Twin } from "./twin.ts";

const needed = ["nginx", "podman", "runc", "docker", "apt-get", "dpkg-deb"];
const lacking = missing(...needed);
/** Skipped, and counted as such, where a tool is missing; each is a Debian package, and docker's client. */
const check = lacking.length === 0 ? test : test.skip;
if (lacking.length > 0)
  console.log(`not on this machine: ${lacking.join(", ")}; the local twin's containers are not tested`);

const folder = realpathSync(mkdtempSync(join(tmpdir(), "noxus-containers-")));
const env: NodeJS.ProcessEnv = podmanEnvironment(folder, "bridge");
let opened: Twin | null = null;
const twin = (): Twin => {
  if (opened === null) throw new Error("there is no twin");
  return opened;
};

const secret = 'p%1 \'q\' "r" $HOME #5 {"a": 1}';
const secretsFile = (): string => join(twin().folder, "secrets.env");
/** Starts containers, or rolls to them. */
const up = (engine: string, ...more: readonly string[]) =>
  twin().deploy(
    ...["--engine", engine, "--base", baseImage("amd64"), "--port", String(twin().port)],
    ...["--secrets", secretsFile(), ...more],
  );
const podman = (...args: readonly string[]): Promise<string> => must("podman", args, { env });
const names = async (): Promise<readonly string[]> =>
  (await twin().status())?.instances.map((each) =>
    each.kind === "container" ? each.name : "no container",
  ) ?? [];
const states = async (): Promise<readonly string[]> =>
  (await twin().status())?.instances.map(({ state }) => state).sort() ?? [];

test.before(async () => {
  if (lacking.length > 0) return;
  opened = await openTwin(env);
  writeFileSync(secretsFile(), `TOKEN=${secret}\nNOXUS_MAX_RUNNERS=2\n`);
});
test.after(async () => {
  await opened?.close();
  if (lacking.length === 0) await removeContainers(folder, env);
  rmSync(folder, { recursive: true, force: true });
});

check(
  "starts three containers that can write nothing, gain nothing and are reached by the loopback only",
  async () => {
    const done = await up("podman");
    assert.is(done.code, 0, done.stdout + done.stderr);
    assert.match(done.stdout, `3 instances behind http://127.0.0.1:${twin().port}`);
    assert.equal(await states(), ["ready", "ready", "ready"]);
    assert.match(done.stdout, `podman logs ${(await names())[0]}`);
    const found = JSON.parse(await podman("inspect", ...(await names()))) as readonly {
      readonly Config: { readonly User: string };
      readonly EffectiveCaps: readonly string[] | null;
      readonly HostConfig: {
        readonly ReadonlyRootfs: boolean;
        readonly SecurityOpt: readonly string[];
        readonly PortBindings: Readonly<Record<string, readonly { readonly HostIp: string }[]>>;
      };
    }[];
    assert.is(found.length, 3);
    for (const { Config, EffectiveCaps, HostConfig } of found) {
      assert.is(Config.User, "65532:65532");
      assert.equal(EffectiveCaps ?? [], []);
      assert.is(HostConfig.ReadonlyRootfs, true);
      assert.equal(HostConfig.SecurityOpt, ["no-new-privileges"]);
      assert.equal(
        Object.entries(HostConfig.PortBindings).map(([port, [to]]) => [port, to?.HostIp]),
        [["8080/tcp", "127.0.0.1"]],
      );
    }
  },
);

check(
  "hands secrets over as they are written, and puts them on no command line and into no file",
  async () => {
    const { outputs } = JSON.parse(await twin().greet()) as { readonly outputs: { readonly token: string } };
    assert.is(outputs.token, secret);
    const lines = readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && existsSync(`/proc/${name}/cmdline`))
      .map((name) => readFileSync(`/proc/${name}/cmdline`, "utf8"));
    assert.ok(lines.some((line) => line.includes("conmon")));
    assert.not.ok(lines.some((line) => line.includes("p%1")));
    assert.not.match(readFileSync(join(twin().folder, ".noxus", "local", "state.json"), "utf8"), "p%1");
  },
);

check(
  "loses hardly a request when a container is stopped, and at most its own when it is killed",
  async () => {
    const [stopped = "", killed = ""] = await names();
    for (const [order, most] of [
      [["stop", stopped], 5],
      [["kill", killed], 16],
    ] as const) {
      let ordered: Promise<string> = Promise.resolve("");
      const counts = await twin().load(2000, { halfway: () => (ordered = podman(...order)) });
      await ordered;
      console.log(`2,000 calls, podman ${order[0]} of a container: ${JSON.stringify(counts)}`);
      assert.ok(lost(counts) <= most, JSON.stringify(counts));
    }
    assert.is((await twin().deploy("--status")).code, 1, "an incomplete deployment is a finding");
    assert.equal(await states(), ["gone", "gone", "ready"]);
  },
);

check("rolls to a new version without losing a request, and leaves no container of the old one", async () => {
  twin().edit((yaml) => yaml.replace("version: 0.1.0", "version: 0.2.0"));
  let isOver = false;
  const calls = twin().load(1_000_000, { isOver: () => isOver, pause: 50 });
  const rolled = await up("podman", "--instances", "2");
  isOver = true;
  const counts = await calls;
  console.log(`a new version: ${JSON.stringify(counts)}`);
  assert.is(rolled.code, 0, rolled.stdout + rolled.stderr);
  assert.equal(Object.keys(counts), ["200"], JSON.stringify(counts));
  assert.equal(await states(), ["ready", "ready"]);
  assert.is((await podman("ps", "-aq")).trim().split("\n").length, 2);
});

check("keeps what runs when a container does not start, and says what that one said", async () => {
  const config = join(twin().folder, "config.json");
  writeFileSync(config, '{"unknown": true}');
  const before = await twin().status();
  const failed = await up("podman", "--config", config);
  assert.is(failed.code, 4, failed.stdout);
  assert.match(failed.stderr, /an instance ended at its start: .*unknown/);
  assert.equal(await twin().status(), before);
  assert.is((await podman("ps", "-aq")).trim().split("\n").length, 2);
});

check("takes docker instead, while requests come", async () => {
  const socket = join(folder, "podman.sock");
  const service: ChildProcess = spawn("podman", ["system", "service", "-t", "0", `unix://${socket}`], {
    env,
    stdio: "ignore",
  });
  try {
    await until(async () => (existsSync(socket) ? true : null), 10_000, "podman's service");
    env.DOCKER_HOST = `unix://${socket}`;
    env.PATH = `${limitingDocker()}:${env.PATH}`;
    const taken = await up("docker", "--instances", "1");
    assert.is(taken.code, 0, taken.stdout + taken.stderr);
    assert.match(taken.stdout, "docker logs noxus-twin-");
    assert.equal(await states(), ["ready"]);
    assert.match(await twin().greet(), "hello you");
    const down = await twin().deploy("--down");
    assert.is(down.code, 0, down.stderr);
    assert.is(await twin().greet(), "ECONNREFUSED");
    assert.is((await podman("ps", "-aq")).trim(), "", "no container stays");
    assert.not.ok(existsSync(join(twin().folder, ".noxus", "local")));
  } finally {
    service.kill("SIGKILL");
  }
});

/** Docker's client does not read podman's limits, and asks for more than this machine may give. */
function limitingDocker(): string {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const limits = "--ulimit nofile=1024:2048 --ulimit nproc=1000:2000";
  writeFileSync(
    join(bin, "docker"),
    `#!/bin/sh\nPATH=\${PATH#*:}\n[ "$1" = create ] && shift && exec docker create ${limits} "$@"\nexec docker "$@"\n`,
    { mode: 0o755 },
  );
  return bin;
}

check("says which engine is missing, and which words it knows", async () => {
  const none = await twin().deploy("--engine", "buildah");
  assert.is(none.code, 2);
  assert.match(none.stderr, "write --engine podman or --engine docker");
  const alone = await twin().deploy("--base", "x");
  assert.is(alone.code, 2);
  assert.match(alone.stderr, "add --engine podman or docker");
});

test.run();
