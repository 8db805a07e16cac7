/**
 * The control: a server as one would write it in an afternoon. It has the routes and the shapes, runs the nodes in its
 * own process, and guards nothing. Each check of the suite is seen to fail against it, or against one of its spoiled
 * variants where even this one holds.
 */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Manifest } from "../../index.ts";
import type { Variant } from "./check.ts";
import { OPTIONS_VARIABLE } from "./options.ts";

interface Served {
  readonly manifest: Manifest;
  // biome-ignore lint/suspicious/noExplicitAny: a plain object of whatever the bundle made is the point here
  readonly nodes: any;
}

const { variant } = JSON.parse(process.env[OPTIONS_VARIABLE] ?? "{}") as { readonly variant: Variant };
let loads = 0;
let served = await load(process.argv[2] ?? "");

async function load(manifestPath: string): Promise<Served> {
  const manifest = JSON.parse(readFileSync(manifestPath, "utf8")) as Manifest;
  const bundle = join(dirname(manifestPath), manifest.bundle.path);
  loads += 1;
  const module = await import(`${pathToFileURL(bundle).href}?${loads}`);
  const instances = new module[manifest.entrypoint.export]().nodes();
  return {
    manifest,
    nodes: Object.fromEntries(manifest.nodes.map((node, index) => [node.name, instances[index]])),
  };
}

function answer(req: IncomingMessage, res: ServerResponse): unknown {
  if (variant === "mute") return send(res, 200, {});
  if (variant === "upset") return send(res, 500, {});
  const { manifest, nodes } = served;
  const [, first = "", second] = (req.url ?? "").split("/");
  if (second === "run") return run(req, res, nodes[first]);
  if (second === "manifest") {
    const node = manifest.nodes.find(({ name }) => name === first);
    return node === undefined ? fail(res, 404, "node_not_found", "no such node") : send(res, 200, { node });
  }
  if (first === "manifest") return send(res, 200, manifest);
  if (first === "nodes") return send(res, 200, { nodes: manifest.nodes });
  if (first === "") return send(res, 200, { plugin: manifest.name, nodes: manifest.nodes });
  if (first === "health") return send(res, 200, { status: "healthy" });
  return fail(res, 404, "not_found", "no such path");
}

// biome-ignore lint/suspicious/noExplicitAny: as above
async function run(req: IncomingMessage, res: ServerResponse, node: any): Promise<void> {
  const startedAt = Date.now();
  if (node === undefined) return fail(res, 404, "node_not_found", "no such node");
  let body = "";
  for await (const chunk of req) body += chunk;
  let inputs: object;
  try {
    inputs = JSON.parse(body).inputs ?? {};
  } catch (error) {
    return fail(res, 400, "invalid_json", String(error));
  }
  try {
    const outputs = await node.call(...Object.values(inputs));
    console.log(JSON.stringify({ msg: "request", body }));
    send(res, 200, { outputs, execution_time: Date.now() - startedAt, status: "success" });
  } catch (error) {
    fail(res, 500, "node_error", (error as Error).message);
  }
}

function fail(res: ServerResponse, status: number, code: string, message: string): void {
  const request_id = randomUUID();
  res.setHeader("x-request-id", request_id);
  send(res, status, {
    status: "error",
    error: { code, message, details: [], request_id },
    execution_time: 0,
  });
}

function send(res: ServerResponse, status: number, value: unknown): void {
  res.writeHead(status, { "content-type": "application/json; charset=utf-8" });
  res.end(JSON.stringify(value));
}

const isLenient = variant === "lenient";
const server = createServer({ insecureHTTPParser: isLenient, requireHostHeader: !isLenient }, answer);
if (isLenient) {
  server.on("checkExpectation", answer);
  server.on("clientError", (_error, socket) => socket.end("HTTP/1.1 200 OK\r\n\r\n"));
}
server.listen(Number(process.env.PORT), "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo; // it listens on a port
  console.log(JSON.stringify({ msg: "ready", url: `http://127.0.0.1:${port}` }));
});

process.on("message", async ({ reload }: { readonly reload: string }) => {
  server.closeAllConnections();
  served = await load(reload);
  process.send?.({ refused: null });
});
