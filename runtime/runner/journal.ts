/**
 * A file without a name that a runner and the server share. A runner that is about to begin a brief call keeps what it
 * has to say for a moment, because each write to the connection wakes the server; it notes the bytes here instead,
 * which wakes nobody. When it is silent for too long, the server reads what was kept back. So bytes go out together, and
 * yet nothing that happened before a call waits for the end of that call.
 *
 * The file holds records: 8 bytes position in the stream of the connection, 4 bytes length, the bytes, and the position
 * again. Each batch begins at the start of the file; records of earlier ones are told by their position.
 */
import { closeSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Kept before plugin code runs, which may replace it.
const write = writeSync;

/** A runner's descriptor of it. */
export const JOURNAL_FD = 4;

const POSITION_BYTES = 8;
const RECORD_BYTES = POSITION_BYTES + 4 + POSITION_BYTES;
/** Most of one batch, so that one read gets it. */
const FILE_BYTES = 32 * 1024;

/** The server's side. */
export interface Journal {
  readonly fd: number;
  /** What the runner has kept back from this position of the stream on; empty where there is nothing. */
  read(from: number): Buffer;
  close(): void;
}

/** Null where no folder for such a file can be written: then nothing is kept back. */
export function createJournal(): Journal | null {
  const fd = openUnnamed("/dev/shm") ?? openUnnamed(tmpdir());
  if (fd === null) return null;
  const file = Buffer.allocUnsafeSlow(FILE_BYTES);
  let isOpen = true;
  return {
    fd,
    read: (from) =>
      isOpen ? keptFrom(file.subarray(0, readSync(fd, file, 0, FILE_BYTES, 0)), from) : file.subarray(0, 0),
    close() {
      if (isOpen) closeSync(fd);
      isOpen = false;
    },
  };
}

function openUnnamed(folder: string): number | null {
  const path = join(folder, `noxus-${process.pid}-${Math.random().toString(36).slice(2)}`);
  try {
    const fd = openSync(path, "wx+", 0o600);
    unlinkSync(path);
    return fd;
  } catch {
    return null; // no such folder, or it cannot be written
  }
}

function keptFrom(file: Buffer, from: number): Buffer {
  const kept: Buffer[] = [];
  let at = 0;
  let position = from;
  let last: number | null = null;
  while (at + RECORD_BYTES <= file.length) {
    const start = file.readDoubleBE(at);
    const length = file.readUInt32BE(at + POSITION_BYTES);
    const end = at + RECORD_BYTES + length;
    // A record of an earlier batch, or one that is being written at this moment, ends the batch.
    if ((last !== null && start !== last) || end > file.length) break;
    if (file.readDoubleBE(end - POSITION_BYTES) !== start) break;
    last = start + length;
    if (start <= position && last > position) {
      const bytes = at + POSITION_BYTES + 4;
      kept.push(file.subarray(bytes + position - start, bytes + length));
      position = last;
    }
    at = end;
  }
  // A copy: the file is read into the same memory again.
  return Buffer.concat(kept);
}

/** The runner's side. */
export interface JournalWriter {
  /** Notes bytes that will go out at this position of the stream; false where they must go out at once. */
  keep(position: number, bytes: Buffer): boolean;
  /** The kept bytes have gone out. */
  reset(): void;
}

export function openJournal(): JournalWriter {
  let at = 0;
  let isBroken = false;
  return {
    keep(position, bytes) {
      if (isBroken || at + RECORD_BYTES + bytes.length > FILE_BYTES) return false;
      const record = noteBytes(position, bytes);
      try {
        isBroken = write(JOURNAL_FD, record, 0, record.length, at) !== record.length;
      } catch {
        isBroken = true; // a node has closed it
      }
      at += record.length;
      return !isBroken;
    },
    reset() {
      at = 0;
    },
  };
}

/** One record. */
export function noteBytes(position: number, bytes: Buffer): Buffer {
  const record = Buffer.allocUnsafe(RECORD_BYTES + bytes.length);
  record.writeDoubleBE(position, 0);
  record.writeUInt32BE(bytes.length, POSITION_BYTES);
  bytes.copy(record, POSITION_BYTES + 4);
  record.writeDoubleBE(position, record.length - POSITION_BYTES);
  return record;
}
