import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { availableParallelism } from "node:os";
import type { Writable } from "node:stream";
import { createApp } from "./app.ts";
import { configure, readConfiguration } from "./configuration.ts";
import { StartError } from "./errors.ts";
import { asLog, flushLog, type Log } from "./log.ts";
import type { LoadedPlugin } from "./manifest/read.ts";
import { createRequestMetrics } from "./metrics.ts";
import type { Environment } from "./runner/environment.ts";
import { memoryLimits } from "./runner/memory.ts";
import { createPool } from "./runner/pool.ts";
import { createNodeRecord } from "./runner/record.ts";
import { defaultRunnerEntry } from "./runner/spawn.ts";
import { createTally } from "./runner/tally.ts";
import {
  createCallRecord,
  createRequestCount,
  createService,
  type Service,
  type Serving,
} from "./service.ts";

export interface ServerOptions {
  readonly plugin: LoadedPlugin;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 0: any free one. */
  readonly port?: number;
  /** Where declared variables and `NOXUS_CONFIG` come from; default `process.env`. */
  readonly env?: Environment;
  /** The plugin's configuration; default the JSON in `NOXUS_CONFIG`, else `{}`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** A logger, or where its lines go; default stdout. */
  readonly log?: Log | Writable;
  /** Caps every node's timeout. */
  readonly timeoutMs?: number;
  /** Most runner processes, 20 MB each at least. Default 4 per core, 4 to 16. */
  readonly maxRunners?: number;
  /** Warm runners at least; default 1. */
  readonly minRunners?: number;
  /** Warm runners beyond the busy ones; default 2, so that one lost hides the start of the next. */
  readonly spareRunners?: number;
  /** Most calls waiting for a runner; default 1000. */
  readonly queueLimit?: number;
  /** Longest wait for a runner, ms; default 10 s. */
  readonly queueTimeoutMs?: number;
  /** Memory of one runner, MiB; default the plugin's `resources.memory`. */
  readonly memoryMib?: number;
  /** Bytes of a request's body; default 1 MiB. */
  readonly bodyLimit?: number;
  /** How long `close` waits for calls in flight; default the longest timeout and 2 s. */
  readonly drainMs?: number;
  /** Program of a runner process; default the one beside this code. */
  readonly runnerEntry?: string;
}

export interface RunningServer {
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /**
   * Serves another plugin from the moment one of its runners is ready; calls in flight finish on the old one.
   * Rejects with a {@link StartError}, and keeps the old one, when the new one cannot start.
   */
  swap(plugin: LoadedPlugin): Promise<void>;
  /** Not ready any more, drains, deactivates, ends every runner. Further calls wait for the first. */
  close(): Promise<void>;
}

/** Listens, then activates the plugin; settles when it is ready. Throws {@link StartError}, leaving nothing behind. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const env = options.env ?? process.env;
  const config =
    options.config ?? (env.NOXUS_CONFIG === undefined ? {} : readConfiguration(env.NOXUS_CONFIG));
  const log = asLog(options.log);
  const timeoutMs = options.timeoutMs ?? Number.POSITIVE_INFINITY;
  const requests = createRequestCount();
  const tally = createTally();
  const retired = new Set<Promise<void>>();
  let service = serviceOf(options.plugin);
  let hasStarted = false;
  let isLeaving = false;
  let isDraining = false;
  let swaps: Promise<unknown> = Promise.resolve();
  let closing: Promise<void> | null = null;

  function serviceOf(plugin: LoadedPlugin): Service {
    const pool = createPool({
      plugin,
      config: configure(plugin.manifest, config),
      env,
      entry: options.runnerEntry ?? defaultRunnerEntry(),
      log,
      maxRunners: options.maxRunners ?? Math.min(16, Math.max(4, 4 * availableParallelism())),
      minRunners: options.minRunners ?? 1,
      spareRunners: options.spareRunners ?? 2,
      queueLimit: options.queueLimit ?? 1000,
      queueTimeoutMs: options.queueTimeoutMs ?? 10_000,
      memory: memoryLimits(options.memoryMib ?? plugin.manifest.resources.memory_mib),
      record: createNodeRecord(),
      tally,
    });
    return createService(plugin, pool);
  }

  const serving: Serving = {
    service: () => service,
    hasStarted: () => hasStarted,
    isLeaving: () => isLeaving,
    isDraining: () => isDraining,
    log,
    record: createCallRecord(),
    metrics: createRequestMetrics(),
    tally,
    requests,
    bodyLimit: options.bodyLimit ?? 1024 * 1024,
    timeoutMs,
  };
  // Listening first: a port in use is told at once, and a startup probe gets an answer while the plugin activates.
  const server = createHttpServer(createApp(serving).callback(), serving.bodyLimit);
  const { address, port } = await listen(server, options.host ?? "127.0.0.1", options.port ?? 0);
  try {
    await service.pool.start();
  } catch (error) {
    server.close();
    server.closeAllConnections();
    flushLog(log);
    throw error;
  }
  hasStarted = true;
  const url = `http://${address.includes(":") ? `[${address}]` : address}:${port}`;
  log.info("ready", { url, ...identityOf(service), pid: process.pid });

  async function swap(plugin: LoadedPlugin): Promise<void> {
    if (isDraining) throw new StartError("plugin_failed", "the server is shutting down");
    const next = serviceOf(plugin);
    await next.pool.start();
    const old = service;
    service = next;
    log.info("swapped", identityOf(next));
    const ended = old.pool.close(graceOf(old)).then(() => void retired.delete(ended));
    retired.add(ended);
  }

  function graceOf({ plugin }: Service): number {
    const longest = Math.max(0, ...plugin.manifest.nodes.map((node) => node.timeout_ms));
    return options.drainMs ?? Math.min(longest, timeoutMs) + 2000;
  }

  async function close(): Promise<void> {
    log.info("draining", { waiting_ms: graceOf(service) });
    isLeaving = true;
    isDraining = true;
    server.closeIdleConnections();
    await swaps;
    // Still accepting meanwhile: a balancer that has not noticed yet gets a clear 503 instead of a closed port.
    await within(requests.drained(), graceOf(service));
    await Promise.all([service.pool.close(0), ...retired]);
    // What the end of the pool has answered gets a moment to be written.
    await within(requests.drained(), 500);
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
    log.info("closed", identityOf(service));
    flushLog(log);
  }

  return {
    url,
    host: address,
    port,
    swap(plugin) {
      const swapped = swaps.then(() => swap(plugin));
      swaps = swapped.catch(() => {});
      return swapped;
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

function createHttpServer(
  handle: ReturnType<ReturnType<typeof createApp>["callback"]>,
  bodyLimit: number,
): Server {
  const server = createServer(
    {
      headersTimeout: 20_000,
      requestTimeout: 60_000,
      connectionsCheckingInterval: 2_000,
      // Longer than a proxy in front keeps its connections, or that one sends into a closed socket: random 502s.
      keepAliveTimeout: 75_000,
      maxHeaderSize: 16 * 1024,
    },
    handle,
  );
  server.on("checkContinue", (req, res) => {
    if (!(Number(req.headers["content-length"] ?? 0) > bodyLimit)) res.writeContinue();
    handle(req, res);
  });
  return server;
}

async function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === "EADDRINUSE";
      const message = isTaken
        ? `port ${port} is in use`
        : `cannot listen on ${host}, port ${port}: ${error.message}`;
      reject(new StartError(isTaken ? "port_in_use" : "listen_failed", message, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
  server.removeAllListeners("error");
  return server.address() as AddressInfo; // a TCP server that listens has one
}

/** Waits for `done`, but not longer than so many ms. */
async function within(done: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(ms, 2 ** 31 - 1));
  });
  await Promise.race([done, limit]);
  clearTimeout(timer);
}

function identityOf({ plugin }: { plugin: LoadedPlugin }): object {
  const { name, version, digest } = plugin.manifest;
  return { plugin: name, version, digest };
}
