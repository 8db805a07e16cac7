/**
 * A runner that keeps back all that it has to say of its first calls, as one may that is fast, and dies: it stands in
 * the journal alone.
 */
import { writeSync } from "node:fs";
import { Socket } from "node:net";
import { createFrameReader, encodeAnswer, encodeFrame, FrameKind, serverToRunner } from "../runner/frames.ts";
import { JOURNAL_FD, noteBytes } from "../runner/journal.ts";

const ready = encodeFrame(FrameKind.ready);
const kept: Buffer[] = [];
const socket = new Socket({ fd: 3 });
const reader = createFrameReader(
  serverToRunner,
  (kind, id) => {
    if (kind === FrameKind.start) socket.write(ready);
    if (kind !== FrameKind.call) return;
    const note = { isSettling: false, loop: null };
    kept.push(encodeFrame(FrameKind.began, id));
    kept.push(encodeAnswer(FrameKind.result, id, note, Buffer.from(`{"id":"kept ${id}"}`)));
    if (id < 3) return;
    const record = noteBytes(ready.length, Buffer.concat(kept));
    writeSync(JOURNAL_FD, record, 0, record.length, 0);
    process.kill(process.pid, "SIGKILL");
  },
  () => process.exit(1),
);
socket.on("data", (chunk) => reader.push(chunk));
