import type { LogMessage } from "./protocol.ts";
import { describeThrown } from "./thrown.ts";

const MAX_LOG_TEXT = 8 * 1024;
const MAX_LOG_FIELDS = 16 * 1024;

/** A line that surely fits a frame: what cannot be written says so in its place. */
export function logLine(level: LogMessage["level"], text: unknown, fields: unknown): LogMessage {
  const message = String(text).slice(0, MAX_LOG_TEXT);
  const line = { source: "plugin", level, message } as const;
  if (fields === undefined) return line;
  try {
    const size = JSON.stringify(fields)?.length ?? 0;
    if (size <= MAX_LOG_FIELDS) return { ...line, fields };
    return { ...line, fields: { dropped: `${size} characters of fields, more than ${MAX_LOG_FIELDS}` } };
  } catch (error) {
    return { ...line, fields: { dropped: describeThrown(error).message } };
  }
}
