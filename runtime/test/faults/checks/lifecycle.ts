/** Starting and ending: the image's own program, its signals and exit codes. */
import * as assert from "uvu/assert";
import type { Check, Group } from "../check.ts";
import { logged, pause, refused, succeeded, until } from "../expect.ts";
import { descendants, isAlive, type Target } from "../target.ts";

const draining = (target: Target) => logged(target, ({ msg }) => msg === "draining", "the drain's line");

/** A call that is under way in a runner. */
async function underWay(target: Target, node: string, inputs: unknown = {}) {
  const reply = target.post(node, inputs);
  await logged(target, ({ msg }) => String(msg).startsWith(`${node} runs`), "its start");
  return { reply };
}

const checks: readonly Check[] = [
  {
    name: "end: SIGTERM lets the call in flight finish, and exits with 0",
    async run(target) {
      const { reply } = await underWay(target, "slow");
      target.kill("SIGTERM");
      succeeded(await reply, { ok: true });
      assert.is(await target.ended, 0);
    },
  },
  {
    name: "end: the last line is in the log, and every request's",
    async run(target) {
      const { reply } = await underWay(target, "slow");
      target.kill("SIGTERM");
      await reply;
      assert.is(await target.ended, 0);
      const messages = target.lines().map(({ msg }) => msg);
      assert.ok(messages.includes("request"));
      assert.ok(messages.includes("closed"));
      assert.is(target.lines().at(-1)?.raw, undefined);
    },
  },
  {
    name: "end: while it drains it is alive, not ready, and closes connections",
    async run(target) {
      const { reply } = await underWay(target, "slow");
      target.kill("SIGTERM");
      await draining(target);
      assert.is((await target.get("/health/live")).status, 200);
      const ready = await target.get("/health/ready");
      assert.is(ready.status, 503);
      assert.is(ready.headers.connection, "close");
      succeeded(await reply);
      assert.is(await target.ended, 0);
    },
  },
  {
    name: "end: a new call is served in the acceptance window; later the port is closed, and the running call answered",
    async run(target) {
      const { reply } = await underWay(target, "slower");
      target.kill("SIGTERM");
      await draining(target);
      const first = await target.post("ok");
      succeeded(first);
      assert.is(first.headers.connection, "close");
      // A balancer may send a call elsewhere when nobody listens, but not when somebody has answered.
      await until(
        () =>
          target.post("ok").then(
            (late) => {
              assert.is(late.status, 200);
              return false;
            },
            () => true,
          ),
        "the window's end",
      );
      succeeded(await reply);
      assert.is(await target.ended, 0);
    },
  },
  {
    name: "end: a second signal ends it now",
    async run(target) {
      const { reply } = await underWay(target, "stuck");
      target.kill("SIGTERM");
      await draining(target);
      target.kill("SIGTERM");
      assert.is(await target.ended, 143);
      await reply.catch(() => {});
    },
  },
  {
    name: "end: an interrupt ends it with 0 as well, and a second one with 130",
    async run(target) {
      const { reply } = await underWay(target, "stuck");
      target.kill("SIGINT");
      await draining(target);
      target.kill("SIGINT");
      assert.is(await target.ended, 130);
      await reply.catch(() => {});
    },
  },
  {
    name: "end: a call that does not end is ended after the drain, and its caller told",
    async run(target) {
      const { reply } = await underWay(target, "stuck");
      target.kill("SIGTERM");
      refused(await reply, 503, "draining");
      assert.is(await target.ended, 0);
    },
  },
  {
    name: "end: no runner outlives the server, however it ends",
    async run(target) {
      const { reply } = await underWay(target, "loop");
      const runners = descendants(target.pid);
      assert.ok(runners.length >= 1);
      target.kill("SIGKILL");
      await reply.catch(() => {});
      await target.ended;
      await until(() => !runners.some(isAlive), "their end");
    },
  },
  {
    name: "end: an idle keep-alive connection does not hold it up",
    async run(target) {
      const socket = await target.open();
      socket.write("GET /nodes HTTP/1.1\r\nHost: x\r\n\r\n");
      await new Promise((resolve) => socket.once("data", resolve));
      const start = performance.now();
      target.kill("SIGTERM");
      assert.is(await target.ended, 0);
      // Far below keep-alive and drain; the acceptance window is a part of it.
      assert.ok(performance.now() - start < 5000);
      socket.destroy();
    },
  },
  {
    name: "end: a client that sends its body for ever does not hold it up for ever",
    async run(target) {
      const socket = await target.open();
      socket.on("error", () => {});
      socket.write(
        "POST /ok/run HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{",
      );
      await pause(50);
      target.kill("SIGTERM");
      assert.is(await target.ended, 0);
      socket.destroy();
    },
  },
  {
    name: "life: the plugin is set up once before its first call, and taken down at the end",
    async run(target) {
      succeeded(await target.post("order"), { order: ["setData:en", "activate"] });
      target.kill("SIGTERM");
      assert.is(await target.ended, 0);
      assert.ok(target.lines().some(({ msg }) => msg === "deactivated"));
    },
  },
];

/** A drain that is short enough to wait for, with an acceptance window within. */
const env = { NOXUS_DRAIN: "1500ms", NOXUS_ACCEPT: "300ms" };

export const lifecycle: Group = {
  name: "lifecycle",
  program: "main",
  isLast: true,
  env,
  plugin: {
    top: "const order = [];",
    members: `setData(config) { order.push("setData:" + config.language); }
      async activate() { await new Promise((resolve) => setTimeout(resolve, 10)); order.push("activate"); }
      deactivate() { console.log("deactivated"); }`,
    configuration: { language: { type: "string", required: false, default: "en" } },
    nodes: {
      Ok: { call: "return { ok: true };" },
      Order: { call: "return { order: [...order] };" },
      Slow: {
        call: "console.log('slow runs'); await new Promise((resolve) => setTimeout(resolve, 400)); return { ok: true };",
      },
      Slower: {
        call: "console.log('slower runs'); await new Promise((resolve) => setTimeout(resolve, 1200)); return { ok: true };",
      },
      Stuck: { call: "console.log('stuck runs'); await new Promise(() => {});" },
      Loop: { call: "console.log('loop runs'); while (true);" },
    },
  },
  checks,
};

/** Seen before the plugin is ready: the server answers already, since a port in use must be told at once. */
export const startup: Group = {
  name: "startup",
  program: "main",
  isLast: true,
  isEarly: true,
  plugin: {
    members: `async activate() { await new Promise((resolve) => setTimeout(resolve, 1500)); }`,
    nodes: { Ok: { call: "return { ok: true };" } },
  },
  checks: [
    {
      name: "start: while the plugin activates it is alive, neither started nor ready",
      async run(target) {
        assert.is((await target.get("/health/live")).status, 200);
        assert.is((await target.get("/health/startup")).status, 503);
        const askedAt = performance.now();
        assert.is((await target.get("/health/ready")).status, 503);
        assert.ok(performance.now() - askedAt > 200, "it waits for a start that may soon be over");
        await until(async () => (await target.get("/health/ready")).status === 200, "readiness");
        assert.is((await target.get("/health/startup")).status, 200);
        succeeded(await target.post("ok"));
      },
    },
    {
      name: "start: a call that comes too early waits or is told to come again",
      control: "upset",
      async run(target) {
        const early = await target.post("ok");
        assert.ok(early.status === 200 || early.status === 503, early.text);
        if (early.status === 503) assert.match(String(early.headers["retry-after"]), /^[1-9]\d*$/);
        await until(async () => (await target.get("/health/ready")).status === 200, "readiness");
        succeeded(await target.post("ok"));
      },
    },
    {
      name: "start: a signal while the plugin activates ends it",
      async run(target) {
        assert.is((await target.get("/health/startup")).status, 503);
        target.kill("SIGTERM");
        assert.is(await target.ended, 0);
      },
    },
  ],
};
