import { test } from "uvu";
import * as assert from "uvu/assert";
import { closeServers, serve, until } from "./plugin.ts";

const nodes = {
  Wait: { call: "await new Promise((resolve) => setTimeout(resolve, 250)); return { pid: process.pid };" },
  Longer: { call: "await new Promise((resolve) => setTimeout(resolve, 1500)); return {};" },
  Ok: { call: "return {};" },
  Signal: {
    takesContext: true,
    call: `await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
      console.log("aborted: " + ctx.signal.reason.message); return {};`,
  },
  Deaf: { call: "console.log('deaf ' + process.pid); await new Promise(() => {});" },
};

test.after(closeServers);

test("runs as many at once as there may be runners, lets the next wait, refuses the rest", async () => {
  const server = await serve({ nodes }, { maxRunners: 2, queueLimit: 2 });
  const idle = async () => ((await server.get("/status")).json.runners as { idle: number }).idle;
  await until(async () => (await idle()) === 2);
  const replies = await Promise.all(Array.from({ length: 5 }, () => server.post("wait", {})));
  assert.equal(replies.map((reply) => reply.status).sort(), [200, 200, 200, 200, 429]);
  const refused = replies.find((reply) => reply.status === 429);
  assert.is(refused?.json.error?.code, "overloaded");
  assert.is(refused?.headers.get("retry-after"), "1");
  const pids = replies.flatMap((reply) => (reply.json.outputs === undefined ? [] : [reply.json.outputs.pid]));
  assert.is(new Set(pids).size, 2);
  await server.close();
});

test("gives the place of a caller that hung up to the next", async () => {
  const server = await serve({ nodes }, { maxRunners: 1, spareRunners: 0, queueLimit: 1 });
  let isFirstDone = false;
  const first = server.post("longer", {}).finally(() => {
    isFirstDone = true;
  });
  const gone = new AbortController();
  const body = '{"inputs":{}}';
  const second = server.send("/wait/run", body, {
    signal: gone.signal,
    headers: { "content-type": "application/json" },
  });
  const waiting = async () => ((await server.get("/status")).json.queue as { waiting: number }).waiting;
  await until(async () => (await waiting()) === 1);
  gone.abort();
  await second.catch(() => {});
  await until(async () => (await waiting()) === 0);
  assert.not(isFirstDone);
  const third = server.post("ok", {});
  assert.is((await third).status, 200);
  assert.is((await first).status, 200);
  await server.close();
});

test("tells a node that its caller hung up, and ends one that does not listen", async () => {
  const server = await serve({ nodes });
  const headers = { "content-type": "application/json", "x-request-id": "gone" };
  const hangUp = (path: string) =>
    server.send(path, '{"inputs":{}}', { headers, signal: AbortSignal.timeout(150) }).catch(() => {});
  await hangUp("/signal/run");
  await until(() => server.logLines().some((line) => line.msg === "aborted: the caller hung up"));
  const line = server.logLines().find((entry) => entry.msg === "request" && entry.request_id === "gone");
  assert.is(line?.status, 499);
  assert.is(line?.code, "caller_gone");

  await hangUp("/deaf/run");
  const deaf = () => server.logLines().find((entry) => String(entry.msg).startsWith("deaf "));
  await until(() => deaf() !== undefined);
  const pid = Number(String(deaf()?.msg).split(" ")[1]);
  await until(() => !isAlive(pid));
  assert.is((await server.get("/health")).json.status, "healthy");
  await server.close();
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
