import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { codeName, isOurs, isTrusted, prepareFolder } from "./folder.ts";

/**
 * A stored answer: one file with a first line, a `head` that is read always and a `body` that is read when it is
 * asked for. One file, so that both are always of the same run.
 */
export interface Entry {
  readonly head: string;
  /** Throws when the text is not the one that was stored. */
  body(): string;
  /** The body as it lies there, and the checksum that it must have: whole or not, it can be stored again as it is. */
  readonly stored: { readonly bytes: Buffer; readonly sum: string };
}

/** Also the version of what entries hold: another one does not read them. */
const magic = "noxus-cache-1";

/** Together, in bytes, and how many; the least recently used go first. */
const maxBytes = 200_000_000;
const maxEntries = 2000;
/** Compiled code, in bytes. */
const maxCode = 100_000_000;
/** A file that a killed process left half-written. Milliseconds. */
const abandonedAfter = 3_600_000;
/** How old a sign of use may get before it is renewed. Milliseconds. */
const signOfUse = 86_400_000;

/** The entry under `key`; null where there is none that can be trusted and is whole. */
export function readEntry(folder: string, key: string): Entry | null {
  const path = join(folder, key);
  let descriptor: number | null = null;
  try {
    if (!isTrusted(folder)) return null;
    // No link, and no waiting for a pipe that somebody put there.
    descriptor = openSync(
      path,
      constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
    );
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || !isOurs(stats)) return null;
    const bytes = Buffer.allocUnsafe(stats.size);
    for (let at = 0; at < bytes.length; ) {
      const count = readSync(descriptor, bytes, at, bytes.length - at, at);
      if (count === 0) return null;
      at += count;
    }
    if (Date.now() - stats.mtimeMs > signOfUse) utimesSync(path, new Date(), new Date());
    return parse(bytes);
  } catch {
    // Not there, not readable, or not what we wrote: then it is found out again.
    return null;
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

function parse(bytes: Buffer): Entry | null {
  const end = bytes.indexOf(10);
  const [first, headSize, headSum, bodySum = ""] = bytes.toString("latin1", 0, Math.max(0, end)).split(" ");
  if (first !== magic) return null;
  const start = end + 1;
  const middle = start + Number(headSize);
  if (checksum(bytes, start, middle) !== headSum) return null;
  return {
    head: bytes.toString("utf8", start, middle),
    body() {
      if (checksum(bytes, middle, bytes.length) !== bodySum) throw new DamagedEntry();
      return bytes.toString("utf8", middle);
    },
    stored: { bytes: bytes.subarray(middle), sum: bodySum },
  };
}

export class DamagedEntry extends Error {
  override readonly message = "a stored answer is damaged";
}

/** Of files that were written, so that each has a name of its own. */
let written = 0;

/**
 * Keeps an answer; another process sees the old file or the new one, whole. Does nothing where it cannot be kept:
 * the cache is no reason for a command to fail.
 */
export function writeEntry(folder: string, key: string, head: string, body: string): void {
  const bytes = Buffer.from(body);
  writeParts(folder, key, head, { bytes, sum: checksum(bytes, 0, bytes.length) });
}

/** Gives an entry another head. */
export function renewEntry(folder: string, key: string, head: string, { stored }: Entry): void {
  writeParts(folder, key, head, stored);
}

function writeParts(folder: string, key: string, head: string, { bytes, sum }: Entry["stored"]): void {
  const text = Buffer.from(head);
  const first = Buffer.from(`${magic} ${text.length} ${checksum(text, 0, text.length)} ${sum}\n`);
  writeWhole(folder, key, Buffer.concat([first, text, bytes]));
}

function writeWhole(folder: string, key: string, bytes: Buffer): void {
  const temporary = join(folder, `${key}.${process.pid}-${written++}${temporarySuffix}`);
  try {
    if (!prepareFolder(folder)) return;
    writeFileSync(temporary, bytes, { flag: "wx", mode: 0o600 });
    renameSync(temporary, join(folder, key));
  } catch {
    remove(temporary);
  }
}

const temporarySuffix = ".tmp";

/** Forgets an entry. */
export function removeEntry(folder: string, key: string): void {
  if (isTrusted(folder)) remove(join(folder, key));
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Another process was faster.
  }
}

/** {@link prune} once for many answers: counting them all costs about as much as writing one. */
export function pruneNowAndThen(folder: string): void {
  if (kept++ % 64 !== 0) return;
  try {
    prune(folder);
  } catch {
    // Another process clears away at the same time.
  }
}

let kept = 0;

/** Keeps the folder within its bounds, and clears away what killed processes left. */
export function prune(folder: string, bytes: number = maxBytes, entries: number = maxEntries): void {
  const now = Date.now();
  pruneCode(join(folder, codeName));
  const found = readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats?.isFile() ? [{ path, bytes: stats.size, time: stats.mtimeMs }] : [];
  });
  const left = found.filter(({ path, time }) => {
    const isAbandoned = path.endsWith(temporarySuffix) && now - time > abandonedAfter;
    if (isAbandoned) remove(path);
    return !isAbandoned;
  });
  left.sort((a, b) => b.time - a.time);
  let total = 0;
  for (const [index, entry] of left.entries()) {
    total += entry.bytes;
    if (index >= entries || total > bytes) remove(entry.path);
  }
}

/** Node never removes what it compiled for another version of itself or of noxus; it is soon made again. */
function pruneCode(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return;
  const sizes = readdirSync(folder, { recursive: true, encoding: "utf8" }).map(
    (name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0,
  );
  if (sizes.reduce((sum, size) => sum + size, 0) > maxCode) rmSync(folder, { recursive: true, force: true });
}

/**
 * Two lanes over four bytes at a time; it finds what a crash or a bad disk does. It is no protection from somebody
 * who may write into the folder: that is what its owner and mode are for. A cryptographic digest would have to be
 * loaded first, which takes longer than everything else here.
 */
export function checksum(bytes: Uint8Array, start: number, end: number): string {
  const padded = new Uint8Array((end - start + 3) & ~3);
  padded.set(bytes.subarray(start, end));
  let a = 0x9e3779b9 ^ (end - start);
  let b = 0x85ebca6b;
  const words = new Int32Array(padded.buffer);
  // Counted, since an iterator takes three times as long before it is compiled.
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? 0;
    a = Math.imul(a ^ word, 0x01000193);
    b = Math.imul(b ^ (word + (a >>> 15)), 0xc2b2ae35);
  }
  return `${(a >>> 0).toString(16)}-${((b ^ (a >>> 7)) >>> 0).toString(16)}`;
}
