import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "../scripts/noxus.ts";

const inputs = { text: "The battery is not bad at all, and I love the screen." };
const body = JSON.stringify({ inputs });
const perRound = 1500;

/** One request at a time over one connection: a node behind `noxus serve` against a bare HTTP server that parses and answers JSON. */
export async function benchServer(rounds: number): Promise<void> {
  const bare = createServer((incoming, answer) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const parsed = JSON.parse(Buffer.concat(chunks).toString()) as { inputs: typeof inputs };
      const words = parsed.inputs.text.split(" ").length;
      answer.setHeader("content-type", "application/json");
      answer.end(JSON.stringify({ outputs: { words }, status: "success" }));
    });
  }).listen(0, "127.0.0.1");
  await once(bare, "listening");
  const bareUrl = `http://127.0.0.1:${(bare.address() as AddressInfo).port}`;
  const served = await serve(["--plugin", "example-sentiment/plugin.yaml", "--port", "0"]);
  const ownRunners = "it parses, validates, scores and checks the text in a runner process";
  try {
    const targets = [
      { name: "bare node:http", url: `${bareUrl}/run` },
      { name: "noxus serve, sentiment", url: `${served.url}/sentiment/run` },
    ];
    const p50: number[][] = targets.map(() => []);
    for (let round = -1; round < rounds; round++) {
      for (const [i, target] of targets.entries()) {
        const found = await latencies(target.url);
        if (round >= 0) p50[i]?.push(found[Math.floor(found.length / 2)] ?? Number.NaN);
      }
    }
    console.log(`\nRequests, one client, ${perRound} a round, p50 (${ownRunners})`);
    for (const [i, target] of targets.entries()) {
      const values = p50[i]?.toSorted((a, b) => a - b) ?? [];
      const middle = values[Math.floor(values.length / 2)] ?? Number.NaN;
      console.log(`${target.name.padEnd(30)}${middle.toFixed(3).padStart(10)} ms`);
    }
    const memory = readFileSync("/proc/meminfo", "utf8").split("\n")[0];
    console.log(`\nnode ${process.version}, ${memory}`);
  } finally {
    bare.close();
    await served.stop();
  }
}

/** Sorted, ms. */
async function latencies(url: string): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const found: number[] = [];
  for (let i = 0; i < perRound; i++) {
    const started = performance.now();
    await post(url, agent);
    found.push(performance.now() - started);
  }
  agent.destroy();
  return found.sort((a, b) => a - b);
}

function post(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      agent,
      method: "POST",
      headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
    });
    outgoing.on("response", (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${url} answered ${answer.statusCode}`));
      answer.resume().on("end", resolve);
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
