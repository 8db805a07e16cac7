import type { Writable } from "node:stream";
import { byLine } from "../runtime/lines.ts";
import type { Paint } from "./terminal.ts";
import { duration, visible } from "./text.ts";

/** `HH:MM:SS`, local time. */
export function clock(time: Date): string {
  return time.toTimeString().slice(0, 8);
}

/**
 * A stream for the server's JSON log lines that prints each as one line for people: all that `readableLine` shows, or
 * only those of the plugin itself.
 */
export function requestLog(
  print: (line: string) => void,
  paint: Paint,
  whose: "all" | "plugin" = "all",
): Writable {
  return byLine((line) => {
    if (whose === "plugin" && parseEntry(line)?.source === undefined) return;
    const text = readableLine(line, paint);
    if (text !== null) print(text);
  });
}

/**
 * One JSON log line as a person wants to read it; what is not JSON is shown as it is. Null for an empty line, and for
 * what the server says about itself: `dev` says that in its own words.
 */
export function readableLine(line: string, paint: Paint): string | null {
  const entry = parseEntry(line);
  if (entry === null) return line === "" ? null : visible(line);
  const isOwn = entry.request_id === undefined && entry.node === undefined && entry.source === undefined;
  if (entry.level === "info" && isOwn) return null;
  const { time, level, msg, method, path, status, code, ms, request_id: id, node, ...fields } = entry;
  const at = clock(typeof time === "string" ? new Date(time) : new Date());
  if (typeof status === "number" && typeof method === "string") {
    const color = status >= 500 ? paint.error : status >= 400 ? paint.warning : paint.good;
    const took = typeof ms === "number" ? ` ${duration(ms)}` : "";
    const word = typeof code === "string" ? ` ${visible(code)}` : "";
    const request = `${visible(method)} ${visible(String(path ?? ""))}`;
    return `${paint.dim(at)}  ${request} ${color(String(status))}${word}${took}${typeof id === "string" ? paint.dim(`  id ${visible(id)}`) : ""}`;
  }
  const color = level === "error" ? paint.error : level === "warn" ? paint.warning : paint.dim;
  const source = typeof node === "string" ? `${visible(node)}: ` : "";
  const { traceparent: _traceparent, source: _source, ...own } = fields;
  const more = Object.entries(own).map(
    ([name, value]) => ` ${visible(name)}=${visible(JSON.stringify(value))}`,
  );
  return `${paint.dim(at)}  ${color(visible(String(level)))}  ${source}${visible(String(msg))}${more.join("")}`;
}

function parseEntry(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
