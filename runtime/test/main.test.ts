import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { hasDeathSignal } from "../runner/command.ts";
import { type LogLine, until, writePlugin } from "./plugin.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

interface Program {
  readonly child: ChildProcess;
  readonly lines: () => LogLine[];
  readonly ended: Promise<unknown[]>;
}

function start(args: readonly string[], env: Record<string, string> = {}): Program {
  const child = spawn(process.execPath, [main, ...args], {
    env: { PORT: "0", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout?.on("data", (chunk) => {
    text += chunk;
  });
  const lines = () =>
    text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as LogLine);
  return { child, lines, ended: once(child, "close") };
}

async function urlOf({ lines }: Program): Promise<string> {
  const find = () => lines().find((line) => line.msg === "ready");
  await until(() => find() !== undefined);
  return String(find()?.url);
}

async function loopPid({ lines }: Program): Promise<number> {
  const find = () => lines().find((line) => String(line.msg).startsWith("loop "));
  await until(() => find() !== undefined);
  return Number(String(find()?.msg).split(" ")[1]);
}

const run = (url: string, node: string) =>
  fetch(`${url}/${node}/run`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"inputs":{}}',
  });

const nodes = {
  Slow: { call: "console.log('slow'); await new Promise((resolve) => setTimeout(resolve, 300)); return {};" },
  Loop: { call: "console.log('loop ' + process.pid); while (true);" },
  Idle: { call: "return { pid: process.pid };" },
};

test("ends with 0 on SIGTERM, after the call in flight", async () => {
  const program = start([writePlugin({ nodes })]);
  const reply = run(await urlOf(program), "slow");
  await until(() => program.lines().some((line) => line.msg === "slow"));
  program.child.kill("SIGTERM");
  assert.is((await reply).status, 200);
  assert.equal(await program.ended, [0, null]);
  const last = program.lines().slice(-2);
  assert.equal(last.map((line) => line.msg).includes("closed"), true);
});

test("ends at once on the second signal, and takes its runners along", async () => {
  const program = start([writePlugin({ nodes })]);
  const reply = run(await urlOf(program), "loop").catch(() => null);
  const pid = await loopPid(program);
  program.child.kill("SIGTERM");
  await until(() => program.lines().some((line) => line.msg === "draining"));
  program.child.kill("SIGTERM");
  assert.equal(await program.ended, [143, null]);
  await reply;
  await until(() => !isAlive(pid));
});

test("leaves no idle runner behind when it is killed", async () => {
  // A timer of the plugin's own would keep its process alive.
  const program = start([writePlugin({ nodes, members: "activate() { setInterval(() => {}, 1000); }" })]);
  const reply = (await (await run(await urlOf(program), "idle")).json()) as { outputs: { pid: number } };
  assert.ok(isAlive(reply.outputs.pid));
  program.child.kill("SIGKILL");
  await program.ended;
  await until(() => !isAlive(reply.outputs.pid));
});

(hasDeathSignal ? test : test.skip)("leaves no busy runner behind when it is killed", async () => {
  const program = start([writePlugin({ nodes })]);
  const reply = run(await urlOf(program), "loop").catch(() => null);
  const pid = await loopPid(program);
  program.child.kill("SIGKILL");
  await program.ended;
  await reply;
  await until(() => !isAlive(pid));
});

test("says in one line what is wrong, with an exit code", async () => {
  const missing = start(["/no/such/manifest.json"]);
  assert.equal(await missing.ended, [2, null]);
  assert.equal(
    missing.lines().map((line) => line.code),
    ["manifest_missing"],
  );
  const wrongPort = start([writePlugin({ nodes })], { PORT: "http" });
  assert.equal(await wrongPort.ended, [2, null]);
  assert.match(String(wrongPort.lines()[0]?.msg), /^PORT must be/);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test.run();
