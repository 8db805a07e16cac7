import type { Readable } from "node:stream";
import type { Log } from "../log.ts";
import type { Call } from "./call.ts";
import { readObject, textOf } from "./messages.ts";
import { createLineBudget, readLines } from "./output.ts";

const levels = ["debug", "info", "warn", "error"] as const;
const sources = ["plugin", "stdout", "stderr"] as const;

/** All that a runner says besides its answers, as log lines of the server: so many per second, the rest is counted. */
export interface Voice {
  /** Reads what the process prints. */
  listen(stdout: Readable | null, stderr: Readable | null): void;
  /** A line in the plugin's name. */
  say(level: (typeof levels)[number], text: string, more: object, call: Call | undefined): void;
  /** The payload of a `log` frame. */
  sayMessage(payload: Buffer, call: Call | undefined): void;
  /** The last line printed to stderr. */
  lastWords(): string;
  /** V8 has said that the heap was full. */
  hasMemoryError(): boolean;
}

/** `speaker` tells the call that printed text belongs to; undefined where that cannot be told. */
export function createVoice(log: Log, speaker: () => Call | undefined): Voice {
  let lastWords = "";
  let hasMemoryError = false;
  const budget = createLineBudget((count) => {
    log.warn("lines dropped", { source: "plugin", count, ...about(speaker()) });
  });
  const say: Voice["say"] = (level, text, more, call) => {
    if (budget.take()) log.log(level, text, { ...more, ...about(call) });
  };
  return {
    listen(stdout, stderr) {
      if (stdout !== null) readLines(stdout, (text) => say("info", text, { source: "stdout" }, speaker()));
      if (stderr === null) return;
      readLines(stderr, (text) => {
        if (text.startsWith("FATAL ERROR:") && text.includes("memory")) hasMemoryError = true;
        if (text.trim() !== "") lastWords = text.trim();
        say("warn", text, { source: "stderr" }, speaker());
      });
    },
    say,
    sayMessage(payload, call) {
      const message = readObject(payload);
      const level = levels.find((known) => known === message.level) ?? "info";
      const fields = message.fields === undefined ? {} : { fields: message.fields };
      const source = sources.find((known) => known === message.source) ?? "plugin";
      say(level, textOf(message.message), { source, ...fields }, call);
    },
    lastWords: () => lastWords,
    hasMemoryError: () => hasMemoryError,
  };
}

/** What ties a log line to a call. */
export function about(call: Call | undefined): { node?: string; request_id?: string } {
  return call === undefined ? {} : { node: call.node.name, request_id: call.requestId };
}
