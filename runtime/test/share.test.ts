/** Calls of well-behaved nodes run beside each other once all runners are taken, and their neighbours cannot hurt them. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { closeServers, type Reply, serve, type TestServer, until } from "./plugin.ts";

/** One node, so that its record is clean when its input turns bad. */
const call = `
  if (what === "loop") while (true);
  if (what === "later") { await new Promise((resolve) => setTimeout(resolve, 150)); while (true); }
  if (what === "hang") await new Promise(() => {});
  if (what === "exit") process.exit(1);
  if (what === "kill") process.kill(process.pid, "SIGKILL");
  if (what === "print") console.log("printed by " + ctx.requestId);
  if (what === "wait" || what === "print") await new Promise((resolve) => setTimeout(resolve, ms));
  return { pid: process.pid };`;
const inputs = { what: { type: "string" }, ms: { type: "number", default: 300 } };
const nodes = {
  Any: { inputs, required: ["what"], takesContext: true, call },
  Quick: { inputs, required: ["what"], takesContext: true, call, timeoutMs: 600 },
  Heavy: { call: "const end = Date.now() + 40; while (Date.now() < end); return { pid: process.pid };" },
};

let server: TestServer;

/** One runner, so that sharing begins with the second call. */
test.before(async () => {
  server = await serve({ nodes }, { maxRunners: 1 });
});
test.after(closeServers);

/** Both nodes have a clean record: the one before may have spoiled it. */
async function sharing(): Promise<void> {
  await earn("any");
  await earn("quick");
}

/** Runs a node until its calls are seen to overlap; on a busy machine a run may count as unclean. */
async function earn(node: string): Promise<void> {
  await until(async () => {
    for (let turn = 0; turn < 20; turn += 1) await server.post(node, { what: "" });
    let isDone = false;
    const pair = Promise.all([1, 2].map(() => server.post(node, { what: "wait", ms: 100 }))).then(() => {
      isDone = true;
    });
    let isShared = false;
    while (!isShared && !isDone) isShared = (await running()) === 2;
    await pair;
    return isShared;
  });
}

const innocents = (count: number, ms = 300): Promise<Reply>[] =>
  Array.from({ length: count }, () => server.post("any", { what: "wait", ms }));

const running = async (): Promise<number> =>
  ((await server.get("/status")).json.runners as { running: number }).running;

const summary = (replies: readonly Reply[]): string[] =>
  [...new Set(replies.map(({ status, json }) => `${status} ${json.error?.code ?? "success"}`))].sort();

test("runs fifty waits in one runner at the same time", async () => {
  await sharing();
  const replies = innocents(50, 2000);
  await until(async () => (await running()) === 50);
  const done = await Promise.all(replies);
  assert.equal(summary(done), ["200 success"]);
  assert.is(new Set(done.map(({ json }) => json.outputs?.pid)).size, 1);
});

test("keeps the others when one of them never answers", async () => {
  await sharing();
  const hang = server.post("quick", { what: "hang" });
  await until(async () => (await running()) === 1);
  const long = server.post("any", { what: "wait", ms: 900 });
  assert.equal(summary([await hang]), ["504 timeout"]);
  assert.equal(summary([await long]), ["200 success"]);
  assert.equal(summary([await server.post("any", { what: "" })]), ["200 success"]);
});

test("blames the one that blocks the loop, and tells the others to send again", async () => {
  await sharing();
  const others = innocents(5);
  await until(async () => (await running()) === 5);
  const loop = await server.post("quick", { what: "loop" });
  assert.equal(summary([loop]), ["504 timeout"]);
  const replies = await Promise.all(others);
  assert.equal(summary(replies), ["503 runner_lost"]);
  assert.is(replies[0]?.headers.get("retry-after"), "1");
  assert.equal(summary(await Promise.all(innocents(2))), ["200 success"]);
});

test("blames nobody where it cannot be told who blocks the loop, and then runs the node alone", async () => {
  await sharing();
  const others = innocents(3);
  await until(async () => (await running()) === 3);
  const loop = await server.post("quick", { what: "later" });
  assert.equal(summary([loop, ...(await Promise.all(others))]), ["503 runner_lost"]);
  assert.equal(summary([await server.post("quick", { what: "later" })]), ["504 timeout"]);
});

test("does not blame a single neighbour either", async () => {
  await sharing();
  const other = server.post("any", { what: "wait", ms: 5000 });
  await until(async () => (await running()) === 1);
  assert.equal(summary([await server.post("quick", { what: "loop" })]), ["504 timeout"]);
  assert.equal(summary([await other]), ["503 runner_lost"]);
});

test("blames the call that ends the process where that is known", async () => {
  await sharing();
  const others = innocents(3);
  await until(async () => (await running()) === 3);
  assert.equal(summary([await server.post("any", { what: "exit" })]), ["500 runner_crashed"]);
  assert.equal(summary(await Promise.all(others)), ["503 runner_lost"]);
});

test("ties prints to their request also where several calls print at once", async () => {
  await sharing();
  const ids = Array.from({ length: 10 }, (_, index) => `shared-${index}`);
  await Promise.all(ids.map((id) => server.post("any", { what: "print", ms: 50 }, { "x-request-id": id })));
  const lines = () => server.logLines().filter((line) => String(line.msg).startsWith("printed by "));
  await until(() => lines().length === ids.length);
  for (const line of lines()) assert.is(line.msg, `printed by ${line.request_id}`);
  assert.equal([...new Set(lines().map((line) => line.source))], ["stdout"]);
});

test("lets no node share that blocks the loop for long, and keeps a runner free for it", async () => {
  await sharing();
  for (let turn = 0; turn < 25; turn += 1) await server.post("heavy", {});
  // A steady stream of calls that may share must not keep out the one that may not.
  let isOver = false;
  const flow = async () => {
    while (!isOver) await server.post("any", { what: "wait", ms: 30 });
  };
  const flows = [flow(), flow(), flow(), flow()];
  await until(async () => (await running()) > 1);
  assert.equal(summary([await server.post("heavy", {})]), ["200 success"]);
  isOver = true;
  await Promise.all(flows);
});

test.run();
