import type { Writable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { createApp } from "./app.ts";
import { configure, readConfiguration } from "./configuration.ts";
import { watchConnections } from "./connections.ts";
import { StartError } from "./errors.ts";
import { createHttpServer, listen } from "./http.ts";
import { asLog, flushLog, type Log } from "./log.ts";
import type { LoadedPlugin } from "./manifest/read.ts";
import { createRequestMetrics } from "./metrics.ts";
import { createDeferred } from "./runner/deferred.ts";
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
import { defaultSettings, type Settings } from "./settings.ts";

/** Longest that a server waits for a moment to close its port, and then for those who were let in last, ms. */
const lastMs = 1000;

/** Settings that are not given have the defaults of `settings.ts`, but for the port: any free one. */
export interface ServerOptions extends Partial<Settings> {
  readonly plugin: LoadedPlugin;
  /** Where declared variables and `NOXUS_CONFIG` come from; default `process.env`. */
  readonly env?: Environment;
  /** The plugin's configuration; default the JSON in `NOXUS_CONFIG`, else `{}`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** A logger, or where its lines go; default stdout. */
  readonly log?: Log | Writable;
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
  /**
   * Not ready any more, still takes calls for so many ms, drains, deactivates, ends every runner. Further calls wait
   * for the first.
   */
  close(acceptMs?: number): Promise<void>;
}

/** Listens, then activates the plugin; settles when it is ready. Throws {@link StartError}, leaving nothing behind. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const env = options.env ?? process.env;
  const given = { ...defaultSettings(), port: 0, ...options };
  const config =
    options.config ?? (env.NOXUS_CONFIG === undefined ? {} : readConfiguration(env.NOXUS_CONFIG));
  const log = asLog(options.log, given.logLevel);
  const timeoutMs = given.timeoutMs ?? Number.POSITIVE_INFINITY;
  const requests = createRequestCount();
  const tally = createTally();
  const retired = new Set<Promise<void>>();
  let service = serviceOf(options.plugin);
  const started = createDeferred<void>();
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
      maxRunners: given.maxRunners,
      minRunners: given.minRunners,
      spareRunners: given.spareRunners,
      queueLimit: given.queueLimit,
      queueTimeoutMs: given.queueTimeoutMs,
      memory: memoryLimits(given.memoryMib ?? plugin.manifest.resources.memory_mib),
      record: createNodeRecord(),
      tally,
    });
    return createService(plugin, pool);
  }

  const serving: Serving = {
    service: () => service,
    hasStarted: () => hasStarted,
    startWithin: (ms) => (hasStarted ? started.promise : within(started.promise, ms)),
    isLeaving: () => isLeaving,
    isDraining: () => isDraining,
    log,
    record: createCallRecord(),
    metrics: createRequestMetrics(),
    tally,
    requests,
    bodyLimit: given.bodyLimit,
    timeoutMs,
  };
  // Listening first: a port in use is told at once, and a startup probe gets an answer while the plugin activates.
  const server = createHttpServer(createApp(serving).callback(), serving.bodyLimit, log);
  const connections = watchConnections(server);
  const { address, port } = await listen(server, given.host, given.port);
  try {
    await service.pool.start();
  } catch (error) {
    server.close();
    server.closeAllConnections();
    flushLog(log);
    started.resolve();
    throw error;
  }
  hasStarted = true;
  started.resolve();
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
    return given.drainMs ?? Math.min(longest, timeoutMs) + 2000;
  }

  async function close(acceptMs: number): Promise<void> {
    log.info("draining", { accept_ms: acceptMs, waiting_ms: graceOf(service) });
    isLeaving = true;
    // A balancer goes on sending until it has seen that the server is not ready: these calls are still served.
    await wait(acceptMs);
    let listening: Promise<void> | null = null;
    if (acceptMs > 0) {
      // Who still comes after that time is better off with a closed port: a balancer then asks another instance, which
      // it must not do for a request that was sent. So the port is closed when nobody waits to be let in, and who was
      // let in is served. Without such a time everybody gets a clear 503.
      await connections.nobodyWaits(lastMs);
      listening = connections.stopListening();
      await connections.allHeard(lastMs);
    }
    isDraining = true;
    server.closeIdleConnections();
    await swaps;
    await within(requests.drained(), graceOf(service));
    await Promise.all([service.pool.close(0), ...retired]);
    // What the end of the pool has answered gets a moment to be written.
    await within(requests.drained(), 500);
    const closed = listening ?? connections.stopListening();
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
    close(acceptMs = 0) {
      closing ??= close(acceptMs);
      return closing;
    },
  };
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
