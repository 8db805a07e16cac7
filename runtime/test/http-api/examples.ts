/** Each route and each code once, asked of real servers. What they answer is what docs/http-api.md shows. */
import type { ProblemCode } from "../../errors.ts";
import { createHttpServer, listen } from "../../http.ts";
import { createLog, loadPlugin } from "../../index.ts";
import { startServer } from "../../server.ts";
import { type Client, createClient } from "../faults/client.ts";
import { collectLog, type PluginSource, serve, until, writePlugin } from "../plugin.ts";

/** A request as it went out and what came back, both as text. */
export interface Exchange {
  readonly request: string;
  readonly answer: string;
}

const plugin: PluginSource = {
  manifest: { name: "orders", description: "Looks orders up" },
  nodes: {
    Total: {
      inputs: {
        prices: { type: "array", items: { type: "number", minimum: 0 } },
        currency: { enum: ["EUR", "USD"], default: "EUR" },
      },
      required: ["prices"],
      outputs: {
        type: "object",
        properties: { total: { type: "number" }, currency: { type: "string" } },
        required: ["total", "currency"],
      },
      call: "return { total: prices.reduce((sum, price) => sum + price, 0), currency };",
    },
    Lookup: {
      call: "throw Object.assign(new Error('there is no order 4711'), { code: 'ORDER_UNKNOWN' });",
    },
    Slow: { call: "await new Promise(() => {});", timeoutMs: 200 },
    Average: { call: "return { average: 0 / 0 };" },
    Exit: { call: "process.exit(1);" },
    Crash: { call: "process.abort();" },
    Hoard: { call: "const kept = []; while (true) kept.push(new Array(1e5).fill(kept.length));" },
    Wait: {
      inputs: { ms: { type: "number" } },
      call: "await new Promise((resolve) => setTimeout(resolve, ms)); return {};",
    },
  },
  permissions: [],
};

const json = { "content-type": "application/json" };
const total = '{"inputs":{"prices":[19.9,5]}}';

interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function ask(client: Client, { method = "GET", path, headers = {}, body }: Asked): Promise<Exchange> {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const bare = [`${method} ${path} HTTP/1.1`, "Host: 127.0.0.1", "Connection: close", ...lines];
  const length = body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const answer = await client.speak(`${[...bare, ...length].join("\r\n")}\r\n\r\n${body ?? ""}`);
  const shown = [`${method} ${path} HTTP/1.1`, ...lines].join("\n");
  return { request: body === undefined ? shown : `${shown}\n\n${shorten(body)}`, answer };
}

const call = (client: Client, node: string, body = "{}", headers: Readonly<Record<string, string>> = {}) =>
  ask(client, { method: "POST", path: `/${node}/run`, headers: { ...json, ...headers }, body });

/** Long bodies and headers are not worth reading. */
function shorten(text: string): string {
  return text.length > 300 ? `${text.slice(0, 40)}... (${text.length} bytes)` : text;
}

export interface Examples {
  readonly routes: Readonly<Record<string, Exchange>>;
  readonly codes: Readonly<Record<ProblemCode, Exchange>>;
}

/** Asks everything. The servers are closed by `closeServers` of `plugin.ts`. */
export async function collectExamples(): Promise<Examples> {
  const main = await serve(plugin, { bodyLimit: 64 * 1024, maxRunners: 8, spareRunners: 2 });
  // Its runners are all there, two spare ones and then one for the call, so that /status says the same each time.
  const settle = (count: number): Promise<void> =>
    until(async () => {
      const { idle, starting } = (await main.get("/status")).json.runners as Record<string, number>;
      return idle === count && starting === 0;
    });
  const client = createClient(main.host, main.port);
  await settle(2);
  const answered = await call(client, "total", total, {
    "x-request-id": "order-4711",
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  });
  await settle(3);
  const routes = {
    "POST /{node}/run": answered,
    "GET /{node}/manifest": await ask(client, { path: "/total/manifest" }),
    "GET /": await ask(client, { path: "/" }),
    "GET /nodes": await ask(client, { path: "/nodes" }),
    "GET /manifest": await ask(client, { path: "/manifest" }),
    "GET /health": await ask(client, { path: "/health" }),
    "GET /health/live": await ask(client, { path: "/health/live" }),
    "GET /health/ready": await ask(client, { path: "/health/ready" }),
    "GET /health/startup": await ask(client, { path: "/health/startup" }),
    "GET /status": await ask(client, { path: "/status" }),
    "GET /metrics": await ask(client, { path: "/metrics" }),
  };
  const long = `GET /nodes HTTP/1.1\r\nHost: x\r\nx-long: ${"x".repeat(20_000)}\r\n\r\n`;
  const codes = {
    not_found: await ask(client, { path: "/orders" }),
    node_not_found: await call(client, "totl", total),
    method_not_allowed: await ask(client, { path: "/total/run" }),
    invalid_json: await call(client, "total", '{"inputs": {"prices": [19.9, 5]'),
    invalid_header: await call(client, "total", total, { "x-timeout-ms": "soon" }),
    bad_request: { request: "hello there", answer: await client.speak("hello there\r\n\r\n") },
    request_timeout: await late(),
    expectation_failed: await call(client, "total", total, { expect: "a miracle" }),
    headers_too_large: {
      request: "GET /nodes HTTP/1.1\nx-long: xxxxxxxx... (20000 bytes)",
      answer: await client.speak(long),
    },
    unsupported_media_type: await call(client, "total", total, { "content-type": "text/plain" }),
    payload_too_large: await call(client, "total", `{"inputs":{"prices":[${"1,".repeat(40_000)}1]}}`),
    input_invalid: await call(client, "total", '{"inputs":{"prices":[19.9,"5"],"curency":"EUR"}}'),
    timeout: await call(client, "slow"),
    node_error: await call(client, "lookup"),
    output_invalid: await call(client, "average"),
    runner_crashed: await call(client, "exit"),
    out_of_memory: await call(client, "hoard"),
    node_unavailable: await untilShed(client),
    runner_lost: await lost(),
    ...(await full()),
    internal: await broken(),
  };
  client.close();
  return { routes, codes };
}

async function untilShed(client: Client): Promise<Exchange> {
  let exchange = await call(client, "crash");
  for (let count = 0; count < 20 && !exchange.answer.includes("node_unavailable"); count += 1)
    exchange = await call(client, "crash");
  return exchange;
}

/** A request whose headers never end, on a server that waits less long than ours: nobody wants to wait 20 s here. */
async function late(): Promise<Exchange> {
  const server = createHttpServer(() => {}, 1, createLog(collectLog().stream));
  server.headersTimeout = 50;
  server.requestTimeout = 50;
  const { port } = await listen(server, "127.0.0.1", 0);
  const client = createClient("127.0.0.1", port);
  const request = "POST /total/run HTTP/1.1\ncontent-type: applic";
  const answer = await client.speak(request.replaceAll("\n", "\r\n"));
  client.close();
  server.close();
  return { request: `${request}... (and no more)`, answer };
}

/** A call beside one that takes their common runner down. */
async function lost(): Promise<Exchange> {
  const nodes: PluginSource["nodes"] = {
    Wait: plugin.nodes.Wait ?? { call: "" },
    Turn: {
      inputs: { isBad: { type: "boolean" } },
      call: "console.log('turning'); if (isBad) while (true); return {};",
      timeoutMs: 1000,
    },
  };
  const server = await serve({ ...plugin, nodes }, { maxRunners: 1, spareRunners: 0 });
  const client = createClient(server.host, server.port);
  for (let run = 0; run < 25; run += 1) {
    await server.post("wait", { ms: 0 });
    await server.post("turn", { isBad: false });
  }
  // Longer than the deadline of the guilty one, and it must run before that one does.
  const innocent = call(client, "wait", '{"inputs":{"ms":3000}}');
  await until(async () => ((await server.get("/status")).json.runners as { busy: number }).busy === 1);
  await server.post("turn", { isBad: true });
  const exchange = await innocent;
  client.close();
  return exchange;
}

/** A server with one place that is taken; then it is shut down. */
async function full(): Promise<{ readonly overloaded: Exchange; readonly draining: Exchange }> {
  const server = await serve(plugin, { maxRunners: 1, spareRunners: 0, queueLimit: 0, drainMs: 1000 });
  const client = createClient(server.host, server.port);
  const busy = server.post("wait", { ms: 20_000 });
  await until(async () => ((await server.get("/status")).json.runners as { busy: number }).busy === 1);
  const overloaded = await call(client, "total", total);
  const closed = server.close();
  let draining = overloaded;
  await until(async () => {
    draining = await call(client, "total", total);
    return draining.answer.includes('"draining"');
  });
  await closed;
  await busy;
  client.close();
  return { overloaded, draining };
}

/** No request makes a bug by itself: here a manifest is spoiled under the server. */
async function broken(): Promise<Exchange> {
  const loaded = await loadPlugin(writePlugin(plugin));
  const { nodes } = loaded.manifest;
  let isSpoiled = false;
  const manifest = {
    ...loaded.manifest,
    get nodes() {
      if (isSpoiled) throw new Error("a bug");
      return nodes;
    },
  };
  const log = collectLog().stream;
  const server = await startServer({ plugin: { ...loaded, manifest }, env: {}, log, spareRunners: 0 });
  const client = createClient(server.host, server.port);
  isSpoiled = true;
  const exchange = await ask(client, { path: "/nodes" });
  isSpoiled = false;
  client.close();
  await server.close();
  return exchange;
}
