import { UsageError } from "./exit.ts";

/** A port number from the command line; 0 lets the system choose. Throws a `UsageError` for anything else. */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65535) return port;
  throw new UsageError(`\`${text}\` is not a port`, "ports are numbers from 0 to 65535");
}
