/** Tar archives whose bytes depend on nothing but names, contents and modes (POSIX ustar). */
export interface TarEntry {
  /** Without a leading slash; at most 100 bytes. */
  readonly path: string;
  /** Null for a folder. */
  readonly bytes: Buffer | null;
}

const block = 512;
const fileMode = 0o644;
const folderMode = 0o755;

/** Entries sorted by path, owned by root, without a time of their own: `seconds` since 1970 is that of all. */
export function writeTar(entries: readonly TarEntry[], seconds: number): Buffer {
  const parts: Buffer[] = [];
  for (const { path, bytes } of entries.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    parts.push(header(bytes === null ? `${path}/` : path, bytes, seconds));
    if (bytes === null) continue;
    parts.push(bytes, Buffer.alloc((block - (bytes.length % block)) % block));
  }
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

function header(path: string, bytes: Buffer | null, seconds: number): Buffer {
  const name = Buffer.from(path);
  if (name.length > 100) throw new RangeError(`${path}: too long for a tar entry`);
  const head = Buffer.alloc(block);
  const octal = (value: number, offset: number, length: number): void => {
    head.write(`${value.toString(8).padStart(length - 1, "0")}\0`, offset, "ascii");
  };
  name.copy(head);
  octal(bytes === null ? folderMode : fileMode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(bytes?.length ?? 0, 124, 12);
  octal(seconds, 136, 12);
  head.write("        ", 148, "ascii");
  head.write(bytes === null ? "5" : "0", 156, "ascii");
  head.write("ustar\x0000", 257, "ascii");
  octal(0, 329, 8);
  octal(0, 337, 8);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "ascii");
  return head;
}

/**
 * The regular files of an archive, by path without a leading `./`; a later entry of a name wins. Understands the long
 * names of GNU tar and pax. Throws a RangeError for bytes that are no tar archive, or end too early.
 */
export function readTar(archive: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  let longName: string | null = null;
  for (let offset = 0; offset + block <= archive.length; ) {
    const head = archive.subarray(offset, offset + block);
    if (head.every((byte) => byte === 0)) return files;
    if (head.toString("latin1", 257, 262) !== "ustar") throw new RangeError("not a tar archive");
    const size = sizeIn(head);
    const start = offset + block;
    if (start + size > archive.length) throw new RangeError("the tar archive ends too early");
    const content = archive.subarray(start, start + size);
    const kind = String.fromCharCode(head[156] ?? 0);
    offset = start + Math.ceil(size / block) * block;
    if (kind === "L") longName = textIn(content, 0, content.length);
    else if (kind === "x") longName = /^\d+ path=(.*)$/m.exec(content.toString("utf8"))?.[1] ?? longName;
    else {
      const prefix = textIn(head, 345, 155);
      const name = longName ?? `${prefix === "" ? "" : `${prefix}/`}${textIn(head, 0, 100)}`;
      longName = null;
      if (kind === "0" || kind === "\0") files.set(name.replace(/^\.?\//, ""), content);
    }
  }
  throw new RangeError("the tar archive ends too early");
}

function sizeIn(head: Buffer): number {
  // GNU tar writes sizes above 8 GiB in base 256, marked by the first bit.
  if (((head[124] ?? 0) & 0x80) !== 0) return Number(head.readBigUInt64BE(128));
  const size = Number.parseInt(textIn(head, 124, 12).trim() || "0", 8);
  if (!Number.isSafeInteger(size)) throw new RangeError("not a tar archive");
  return size;
}

function textIn(bytes: Buffer, offset: number, length: number): string {
  const part = bytes.subarray(offset, offset + length);
  const end = part.indexOf(0);
  return part.toString("utf8", 0, end === -1 ? length : end);
}
