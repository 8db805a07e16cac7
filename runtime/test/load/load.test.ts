/**
 * Many connections, and guilty calls among honest ones: no honest call fails but in a way that is documented as worth
 * repeating, and what the server has counted is what the client has seen. LOAD_SECONDS=60 makes the long run.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { succeeded, until } from "../faults/expect.ts";
import { readMetrics } from "../faults/metrics.ts";
import { startTarget, type Target } from "../faults/target.ts";
import { writePlugin } from "../plugin.ts";
import { applyLoad, plugin } from "./mix.ts";

const seconds = Number(process.env.LOAD_SECONDS ?? 5);
const CONNECTIONS = 1000;

let target: Target;

test.before(async () => {
  target = await startTarget({
    program: "server",
    manifestPath: writePlugin(plugin),
    options: { maxRunners: 6, spareRunners: 2 },
  });
});
test.after(() => target.destroy());

test("serves a thousand connections at once", async () => {
  const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => target.open()));
  const answers = sockets.map(
    (socket, index) =>
      new Promise<string>((resolve) => {
        let text = "";
        socket.on("data", (bytes) => {
          text += bytes;
          if (text.endsWith("}")) resolve(text);
        });
        socket.on("close", () => resolve(text));
        const body = JSON.stringify({ inputs: { text: `caller ${index}` } });
        socket.write(
          `POST /echo/run HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        );
      }),
  );
  for (const [index, answer] of (await Promise.all(answers)).entries()) {
    assert.match(answer, /^HTTP\/1\.1 200 /);
    assert.ok(answer.includes(`{"text":"caller ${index}"}`), answer);
  }
  for (const socket of sockets) socket.destroy();
  succeeded(await target.post("echo", { text: "afterwards" }));
});

test(`hurts no honest call in ${seconds} s of traffic with guilty ones, and counts every call`, async () => {
  const before = await readMetrics(target);
  const outcome = await applyLoad(target, { seconds, connections: 32, guiltyShare: 0.05 });
  const { counts, wrong, innocentCalls, guiltyCalls, retries } = outcome;
  assert.equal(wrong, []);
  assert.ok(guiltyCalls > 5 && innocentCalls > 15 * guiltyCalls, `${innocentCalls} and ${guiltyCalls}`);
  // A line is counted when its answer is written; the last ones may come a moment later.
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  await until(async () => {
    const metrics = await readMetrics(target);
    return metrics.sum("noxus_requests_total") - before.sum("noxus_requests_total") >= total;
  }, "the counts");
  const after = await readMetrics(target);
  const counted = [...counts.keys()].map((key): readonly [string, number] => {
    const [node = "", code = ""] = key.split(" ");
    const grown = after.value("noxus_requests_total", { node, code });
    return [key, grown - before.value("noxus_requests_total", { node, code })];
  });
  assert.equal(new Map(counted), counts);
  assert.is(after.sum("noxus_requests_total") - before.sum("noxus_requests_total"), total);
  console.log(`${innocentCalls} honest calls, ${retries} repeated; ${guiltyCalls} guilty; ${total} counted`);
});

test.run();
