import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** Characters of a line that are kept. */
export const MAX_LINE = 8 * 1024;
const WINDOW_MS = 1000;
const MAX_LINES = 200;
const MAX_BYTES = 1024 * 1024;

/** Allows so many lines of plugin output per second; the rest is counted and told when the second is over. */
export interface LineBudget {
  /** False when the line is one too many. */
  take(): boolean;
}

export function createLineBudget(onDropped: (count: number) => void): LineBudget {
  let taken = 0;
  let dropped = 0;
  let isOpen = false;
  const renew = () => {
    isOpen = false;
    taken = 0;
    if (dropped > 0) onDropped(dropped);
    dropped = 0;
  };
  return {
    take() {
      if (!isOpen) setTimeout(renew, WINDOW_MS).unref();
      isOpen = true;
      taken += 1;
      if (taken > MAX_LINES) dropped += 1;
      return taken <= MAX_LINES;
    },
  };
}

/**
 * Cuts a runner's stdout or stderr into lines of at most 8 KiB. A stream that brings more than 1 MiB within a second
 * is left unread until the second is over: the writer waits, and the server stays responsive.
 */
export function readLines(stream: Readable, onLine: (text: string) => void): void {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let bytes = 0;
  let timer: NodeJS.Timeout | null = null;
  stream.on("data", (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(cut(line));
    if (rest.length > MAX_LINE) {
      onLine(cut(rest));
      rest = "";
    }
    bytes += chunk.length;
    timer ??= setTimeout(() => {
      timer = null;
      bytes = 0;
      stream.resume();
    }, WINDOW_MS).unref();
    if (bytes > MAX_BYTES) stream.pause();
  });
  // A pipe breaks when its process is killed; what was read until then stands.
  stream.on("error", () => stream.destroy());
  stream.on("close", () => {
    if (timer !== null) clearTimeout(timer);
    if (rest !== "") onLine(cut(rest));
    rest = "";
  });
}

function cut(line: string): string {
  const text = line.endsWith("\r") ? line.slice(0, -1) : line;
  return text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)}... (cut)` : text;
}
