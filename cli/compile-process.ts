/**
 * The compiler as a process that starts from a snapshot of its memory. As a script this is what the snapshot is made of,
 * by make-snapshot.ts: it warms up with the plugin and the bundle that it is told.
 */
import { startupSnapshot } from "node:v8";
import { warmUp } from "../compiler/warm-up.ts";
import { type CompileRequest, serve } from "./compile-worker.ts";

const [, , plugin = "", bundle = ""] = process.argv;
void warmUp(plugin, bundle);

/** Until the process that started this one closes the channel between them. */
startupSnapshot.setDeserializeMainFunction(() => {
  // Ctrl-C reaches every process of a terminal; what becomes of this one is decided by the one that started it.
  for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
  process.on("message", (request: CompileRequest) => serve(request, (reply) => process.send?.(reply)));
});
