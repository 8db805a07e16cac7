import { Writable } from "node:stream";
import winston from "winston";

export type Log = winston.Logger;

/** What every line begins with; winston puts level and message there itself. */
const MESSAGE = Symbol.for("message");
const FLUSH_BYTES = 16 * 1024;
const FLUSH_MS = 20;

const batches = new WeakMap<Log, Batch>();

/**
 * A logger that writes one JSON object per line: `time`, `level`, `msg`, then the fields given.
 * Lines are written in batches, because the write of each line costs more than all the rest of logging it;
 * {@link flushLog} and the end of the process write what is left.
 */
export function createLog(destination: Writable = process.stdout, level = "info"): Log {
  const batch = createBatch(destination);
  const log = winston.createLogger({
    level,
    format: winston.format((info) => {
      const { level, message, ...fields } = info;
      info[MESSAGE] = textOf(level, message, fields);
      return info;
    })(),
    transports: [new winston.transports.Stream({ stream: batch.stream, eol: "\n" })],
  });
  batches.set(log, batch);
  return log;
}

/** The logger given, or one that writes to the stream given. */
export function asLog(log: Log | Writable | undefined, level = "info"): Log {
  return log !== undefined && "log" in log && typeof log.log === "function"
    ? log
    : createLog(log as Writable, level);
}

/**
 * One line, past winston's pipeline where the logger is one of ours: for the line that each request has, the pipeline
 * costs more than the line.
 */
export function logLine(log: Log, level: "info" | "warn" | "error", msg: string, fields: object): void {
  const batch = batches.get(log);
  if (batch === undefined) log.log(level, msg, fields);
  else if (log.isLevelEnabled(level)) batch.add(textOf(level, msg, fields));
}

function textOf(level: string, msg: unknown, fields: object): string {
  return JSON.stringify({ time: new Date().toISOString(), level, msg, ...fields });
}

/** Hands all lines so far to the destination. */
export function flushLog(log: Log): void {
  batches.get(log)?.flush();
}

interface Batch {
  readonly stream: Writable;
  /** A line without its end. */
  add(line: string): void;
  flush(): void;
}

/** Flushes of the batches that hold text. */
const unwritten = new Set<() => void>();
// At exit only synchronous writes are left; pipes, files and terminals are all synchronous for process.stdout here.
process.on("exit", () => {
  for (const flush of unwritten) flush();
});

function createBatch(destination: Writable): Batch {
  let waiting = "";
  let timer: NodeJS.Timeout | null = null;
  const flush = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    unwritten.delete(flush);
    if (waiting === "") return;
    const text = waiting;
    waiting = "";
    destination.write(text);
  };
  const add = (text: string) => {
    if (waiting === "") unwritten.add(flush);
    waiting += text;
    if (waiting.length >= FLUSH_BYTES) flush();
    else timer ??= setTimeout(flush, FLUSH_MS).unref();
  };
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      add(chunk.toString());
      done();
    },
  });
  return { stream, add: (line) => add(`${line}\n`), flush };
}
