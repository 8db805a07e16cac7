/**
 * The image's program, also `node server.mjs [manifest.json]`.
 * Reads NOXUS_MANIFEST (default `manifest.json` beside it), NOXUS_CONFIG, and the variables of `settings.ts`.
 */
import { fileURLToPath } from "node:url";
import { ManifestError, StartError } from "./errors.ts";
import { createLog, flushLog } from "./log.ts";
import { loadPlugin } from "./manifest/read.ts";
import { startServer } from "./server.ts";
import { readSettings, unknownVariables } from "./settings.ts";

const log = createLog();

// The process's exit event ends the runners and writes the last lines, whichever way it goes.
process.on("uncaughtException", (error) => {
  log.error("internal error", { stack: error.stack });
  process.exit(3);
});

let isStopping = false;
let stop = async (_acceptMs: number): Promise<void> => {};
let acceptMs = 0;
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    // Asked twice: no more patience.
    if (isStopping) process.exit(signal === "SIGINT" ? 130 : 143);
    isStopping = true;
    // Ctrl-C comes from a person who waits, SIGTERM from an orchestrator whose balancers have to notice.
    void stop(signal === "SIGTERM" ? acceptMs : 0).then(() => process.exit(0));
  });
}

try {
  const settings = readSettings({}, process.env);
  log.level = settings.logLevel;
  acceptMs = settings.acceptMs;
  const besideThis = fileURLToPath(new URL("./manifest.json", import.meta.url));
  const plugin = await loadPlugin(process.argv[2] ?? process.env.NOXUS_MANIFEST ?? besideThis);
  for (const { name, near } of unknownVariables(process.env, plugin.manifest.permissions.declared)) {
    log.warn("unknown variable", { name, ...(near === null ? {} : { did_you_mean: near }) });
  }
  const server = await startServer({ ...settings, plugin, log });
  stop = server.close;
} catch (error) {
  if (!(error instanceof ManifestError || error instanceof StartError)) throw error;
  log.error(error.message, { code: error.code });
  flushLog(log);
  // Unreadable input, or something outside is missing.
  process.exitCode = error instanceof StartError && error.code === "port_in_use" ? 4 : 2;
}
