/** Output without `process.stdout`, which costs a tenth of Node's start. */
import { fstatSync, writeSync } from "node:fs";
import { readTerminal, type Terminal } from "./terminal.ts";

/** File descriptors. */
export type Output = 1 | 2;

/** The number of /dev/null on Linux; only there is it told from a terminal without loading what deals with those. */
const nullDevice = 0x103;

/** What this output can show; only a terminal is asked for more than the environment says. */
export function terminalOf(output: Output): Terminal {
  const stats = fstatSync(output);
  const isNull = process.platform === "linux" && stats.rdev === nullDevice;
  return readTerminal(stats.isCharacterDevice() && !isNull ? streamOf(output) : {}, process.env);
}

/** All of it, at once; the stream is asked only where the reader is slower than the writer. */
export function write(output: Output, text: string): void {
  const bytes = Buffer.from(text);
  let at = 0;
  try {
    while (at < bytes.length) at += writeSync(output, bytes, at);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    // A reader that has seen enough does not change the answer.
    if (code === "EPIPE") return;
    if (code !== "EAGAIN") throw error;
    isLeft = true;
    streamOf(output).write(bytes.subarray(at));
  }
}

/** Whether a stream still has something to write. */
let isLeft = false;

/** Ends the process where all is written: taking Node apart in good order takes a thirtieth of its start. */
export function end(): void {
  if (!isLeft) process.exit();
}

function streamOf(output: Output): NodeJS.WriteStream {
  return output === 1 ? process.stdout : process.stderr;
}
