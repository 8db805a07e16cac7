/** The local twin: real server processes behind a real nginx, under load while instances come and go. */
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Instance, isRunning } from "../../cli/deploy/instance.ts";
import { freePort } from "../../test/image/tools.ts";

const root = join(import.meta.dirname, "..", "..");
const bin = join(root, "bin", "noxus.cjs");

const hasNginx = spawnSync("nginx", ["-v"]).error === undefined;
/** Skipped, and counted as such, where there is no nginx; Debian has it as `nginx-light`. */
const check = hasNginx ? test : test.skip;
if (!hasNginx) console.log("no nginx on this machine: the local twin is not tested");

const folder = realpathSync(mkdtempSync(join(tmpdir(), "noxus-twin-")));
cpSync(join(root, "example-sentiment"), folder, {
  recursive: true,
  filter: (path) => !/node_modules|dist|\.noxus/.test(path),
});
symlinkSync(join(root, "example-sentiment", "node_modules"), join(folder, "node_modules"));

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function noxus(...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, "deploy", "local", folder, ...args], { cwd: folder });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on("close", (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

interface Status {
  readonly running: {
    readonly balancer: string;
    readonly instances: readonly (Instance & { readonly state: string })[];
  } | null;
}

const status = async (): Promise<Status["running"]> =>
  (JSON.parse((await noxus("--status", "--json")).stdout) as Status).running;

const port = hasNginx ? await freePort() : 0;
const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** Answers by what they were: the status code, or the error's code where there was none. */
type Counts = Record<string, number>;

function post(): Promise<string> {
  return new Promise((resolve) => {
    const body = '{"inputs":{"text":"a good day"}}';
    const call = request(
      {
        host: "127.0.0.1",
        port,
        path: "/sentiment/run",
        method: "POST",
        agent,
        headers: { "content-type": "application/json", "content-length": body.length },
      },
      (answer) => {
        answer.resume();
        answer.on("end", () => resolve(String(answer.statusCode)));
        answer.on("error", (error) => resolve(error.message));
      },
    );
    call.on("error", (error) => resolve("code" in error ? String(error.code) : error.message));
    call.end(body);
  });
}

/** Sixteen callers, each with its next request as soon as the last is answered, until `amount` are or `isOver`. */
async function load(amount: number, isOver: () => boolean = () => false): Promise<Counts> {
  const counts: Counts = {};
  let sent = 0;
  const caller = async (): Promise<void> => {
    while (sent < amount && !isOver()) {
      sent += 1;
      const answer = await post();
      counts[answer] = (counts[answer] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 16 }, caller));
  return counts;
}

const lost = (counts: Counts): number =>
  Object.entries(counts).reduce((sum, [answer, count]) => sum + (answer === "200" ? 0 : count), 0);

test.after(async () => {
  agent.destroy();
  if (hasNginx) await noxus("--down");
  rmSync(folder, { recursive: true, force: true });
});

check("starts three instances behind nginx and says so", async () => {
  const up = await noxus("--port", String(port));
  assert.is(up.code, 0, up.stdout + up.stderr);
  assert.match(up.stdout, `3 instances behind http://127.0.0.1:${port}`);
  const running = await status();
  assert.equal(
    running?.instances.map(({ state }) => state),
    ["ready", "ready", "ready"],
  );
  assert.is(await post(), "200");
});

check(
  "loses hardly a request when an instance is told to end, and at most its own when it is killed",
  async () => {
    const before = await status();
    const [stopped, killed] = before?.instances ?? [];
    if (stopped === undefined || killed === undefined) throw new Error("no instances");
    for (const [signal, instance, most] of [
      ["SIGTERM", stopped, 5],
      ["SIGKILL", killed, 16],
    ] as const) {
      const calls = load(2000);
      await new Promise((resolve) => setTimeout(resolve, 300));
      process.kill(instance.pid, signal);
      const counts = await calls;
      console.log(`2,000 calls, ${signal} to an instance: ${JSON.stringify(counts)}`);
      assert.ok(lost(counts) <= most, JSON.stringify(counts));
    }
    const report = await noxus("--status");
    assert.is(report.code, 1, "an incomplete deployment is a finding");
    assert.equal((await status())?.instances.map(({ state }) => state).sort(), ["gone", "gone", "ready"]);
  },
);

check("is made whole again by the same command", async () => {
  const again = await noxus("--port", String(port));
  assert.is(again.code, 0, again.stdout + again.stderr);
  assert.equal(
    (await status())?.instances.map(({ state }) => state),
    ["ready", "ready", "ready"],
  );
});

check("rolls to a new version and takes an instance out without losing a request", async () => {
  const before = await status();
  const file = join(folder, "plugin.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace("version: 0.1.0", "version: 0.2.0"));
  let isOver = false;
  const calls = load(1_000_000, () => isOver);
  const rolled = await noxus("--port", String(port), "--instances", "2");
  isOver = true;
  const counts = await calls;
  assert.is(rolled.code, 0, rolled.stdout + rolled.stderr);
  assert.equal(Object.keys(counts), ["200"], JSON.stringify(counts));
  const after = await status();
  assert.equal(
    after?.instances.map(({ state }) => state),
    ["ready", "ready"],
  );
  assert.is.not(after?.instances[0]?.digest, before?.instances[0]?.digest);
});

check("keeps the old version while the new one does not start", async () => {
  const file = join(folder, "plugin.yaml");
  const text = readFileSync(file, "utf8");
  writeFileSync(
    file,
    `${text.replace("version: 0.2.0", "version: 0.3.0")}\nconfiguration:\n  required:\n    model: {type: string}\n`,
  );
  const before = await status();
  const failed = await noxus("--port", String(port), "--instances", "2");
  assert.is(failed.code, 4, failed.stdout);
  assert.match(failed.stderr, "an instance ended at its start");
  assert.equal(await status(), before);
  assert.is(await post(), "200");
  writeFileSync(file, text);
});

check("refuses secrets that git keeps, and names no secret that is malformed", async () => {
  const file = join(folder, "secrets.env");
  writeFileSync(file, "OPENAI_API_KEY=hush\nthis is hush too\n");
  const malformed = await noxus("--secrets", file);
  assert.is(malformed.code, 2);
  assert.match(malformed.stderr, "line 2: write NAME=value");
  assert.not.match(malformed.stderr, "hush");
  spawnSync("git", ["init", "-q"], { cwd: folder });
  spawnSync("git", ["add", "-f", "secrets.env"], { cwd: folder });
  const tracked = await noxus("--secrets", file);
  assert.is(tracked.code, 2);
  assert.match(tracked.stderr, "is in git");
});

check("ends everything", async () => {
  const running = await status();
  const down = await noxus("--down");
  assert.is(down.code, 0, down.stderr);
  for (const instance of running?.instances ?? []) assert.not.ok(isRunning(instance));
  assert.is(await post(), "ECONNREFUSED");
  assert.is((await noxus("--status")).stdout, "nothing is deployed from here\n");
});

test.run();
