import type { LogMessage } from "./protocol.ts";

/**
 * Text that a call prints while others may run beside it is sent as log messages in the name of its call: on a pipe
 * nobody could tell whose it is. `take` gets each line, and returns false for what shall be printed after all.
 */
export function tiePrints(take: (line: Omit<LogMessage, "fields">) => boolean): void {
  tie(process.stdout, (message) => take({ level: "info", message, source: "stdout" }));
  tie(process.stderr, (message) => take({ level: "warn", message, source: "stderr" }));
}

function tie(stream: NodeJS.WriteStream, take: (line: string) => boolean): void {
  const print = stream.write.bind(stream);
  stream.write = (chunk: string | Uint8Array, ...more: unknown[]): boolean => {
    const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
    // Whole lines only, as the console prints them: a piece of one belongs to the next piece on the pipe.
    if (!text.endsWith("\n") || !text.slice(0, -1).split("\n").every(take)) {
      return Reflect.apply(print, stream, [chunk, ...more]);
    }
    const done = more.at(-1);
    if (typeof done === "function") process.nextTick(done);
    return true;
  };
}
