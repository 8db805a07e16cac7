/**
 * The image's program, also `node server.mjs [manifest.json]`.
 * Reads NOXUS_MANIFEST (default `manifest.json` beside it), PORT (8080), HOST (127.0.0.1) and NOXUS_CONFIG.
 */
import { fileURLToPath } from "node:url";
import { ManifestError, StartError } from "./errors.ts";
import { createLog, flushLog } from "./log.ts";
import { loadPlugin } from "./manifest/read.ts";
import { startServer } from "./server.ts";

const log = createLog();

// The process's exit event ends the runners and writes the last lines, whichever way it goes.
process.on("uncaughtException", (error) => {
  log.error("internal error", { stack: error.stack });
  process.exit(3);
});

let isStopping = false;
let stop = async (): Promise<void> => {};
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    // Asked twice: no more patience.
    if (isStopping) process.exit(signal === "SIGINT" ? 130 : 143);
    isStopping = true;
    void stop().then(() => process.exit(0));
  });
}

try {
  const besideThis = fileURLToPath(new URL("./manifest.json", import.meta.url));
  const plugin = await loadPlugin(process.argv[2] ?? process.env.NOXUS_MANIFEST ?? besideThis);
  const server = await startServer({
    plugin,
    log,
    port: portOf(process.env.PORT ?? "8080"),
    ...(process.env.HOST === undefined ? {} : { host: process.env.HOST }),
  });
  stop = server.close;
} catch (error) {
  if (!(error instanceof ManifestError || error instanceof StartError)) throw error;
  log.error(error.message, { code: error.code });
  flushLog(log);
  // Unreadable input, or something outside is missing.
  process.exitCode = error instanceof StartError && error.code === "port_in_use" ? 4 : 2;
}

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new StartError(
      "listen_failed",
      `PORT must be a number from 0 to 65535, got ${JSON.stringify(text)}`,
    );
  }
  return port;
}
