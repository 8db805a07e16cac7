import type { Writable } from "node:stream";

/**
 * Frames between the server and a runner: 4 bytes length of the payload, 1 byte kind, 4 bytes call number, all
 * big-endian, then the payload. Both sides bound every length before they keep a byte of it.
 */
export const FrameKind = {
  // server to runner
  start: 1,
  call: 2,
  cancel: 3,
  stop: 4,
  ping: 5,
  // runner to server
  ready: 16,
  failed: 17,
  result: 18,
  problem: 19,
  log: 20,
  retiring: 21,
  stopped: 22,
  /** Answers a ping: the runner's loop turns. */
  pong: 23,
  /** A call begins beside others; what blocks the loop from now on is most likely this call. */
  began: 24,
  /** The runner is clean after an answer that said `isSettling`. */
  settled: 25,
  /** The process exits because of this call. */
  exiting: 26,
  /** The runner gives this call back: it has not begun, and will not. */
  returned: 27,
} as const;

export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

/** Most bytes of payload that a receiver takes, per kind that it takes at all. */
export type FrameLimits = ReadonlyMap<number, number>;

export const MAX_RESULT_BYTES = 16 * 1024 * 1024;
export const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** Result and problem frames begin with these: 1 byte flags, 4 bytes busy and 4 bytes idle time, microseconds. */
const ANSWER_HEADER_BYTES = 9;
const IS_SETTLING = 1;
/** The times of a call that shared its runner are not its own. */
const UNKNOWN_TIME = 0xffffffff;

export const serverToRunner: FrameLimits = new Map([
  [FrameKind.start, MAX_BODY_BYTES],
  [FrameKind.call, MAX_BODY_BYTES],
  [FrameKind.cancel, 0],
  [FrameKind.stop, 0],
  [FrameKind.ping, 0],
]);

export const runnerToServer: FrameLimits = new Map([
  [FrameKind.ready, 0],
  [FrameKind.failed, 128 * 1024],
  [FrameKind.result, ANSWER_HEADER_BYTES + MAX_RESULT_BYTES],
  [FrameKind.problem, 1024 * 1024],
  [FrameKind.log, 256 * 1024],
  [FrameKind.retiring, 1024],
  [FrameKind.stopped, 0],
  [FrameKind.pong, 0],
  [FrameKind.began, 0],
  [FrameKind.settled, 0],
  [FrameKind.exiting, 0],
  [FrameKind.returned, 0],
]);

export const HEADER_BYTES = 9;
const empty = Buffer.alloc(0);

/** What a runner tells about itself with each answer. */
export interface AnswerNote {
  /** The call left something behind that may end by itself; the runner says `settled` or `retiring` later. */
  readonly isSettling: boolean;
  /** Null when other calls ran beside it. */
  readonly loop: LoopTime | null;
}

/** How long the event loop was busy and how long it waited during a call, ms. */
export interface LoopTime {
  readonly busyMs: number;
  readonly idleMs: number;
}

export function encodeAnswer(
  kind: typeof FrameKind.result | typeof FrameKind.problem,
  call: number,
  { isSettling, loop }: AnswerNote,
  text: Buffer,
): Buffer {
  const frame = encodeFrame(kind, call, text, { gap: ANSWER_HEADER_BYTES });
  frame.writeUInt8(isSettling ? IS_SETTLING : 0, HEADER_BYTES);
  frame.writeUInt32BE(microseconds(loop?.busyMs), HEADER_BYTES + 1);
  frame.writeUInt32BE(microseconds(loop?.idleMs), HEADER_BYTES + 5);
  return frame;
}

function microseconds(ms: number | undefined): number {
  return ms === undefined ? UNKNOWN_TIME : Math.min(UNKNOWN_TIME - 1, Math.max(0, Math.round(ms * 1000)));
}

/** Null for a payload that is too short to be an answer. */
export function readAnswer(payload: Buffer): (AnswerNote & { readonly text: Buffer }) | null {
  if (payload.length < ANSWER_HEADER_BYTES) return null;
  const busy = payload.readUInt32BE(1);
  return {
    isSettling: (payload.readUInt8(0) & IS_SETTLING) !== 0,
    loop: busy === UNKNOWN_TIME ? null : { busyMs: busy / 1000, idleMs: payload.readUInt32BE(5) / 1000 },
    text: payload.subarray(ANSWER_HEADER_BYTES),
  };
}

/** With `gap` bytes before the payload for the caller to fill, and `more` of it to come in a piece of its own. */
export function encodeFrame(
  kind: FrameKind,
  call = 0,
  payload: Buffer = empty,
  { gap = 0, more = 0 }: { readonly gap?: number; readonly more?: number } = {},
): Buffer {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + gap + payload.length);
  frame.writeUInt32BE(gap + payload.length + more, 0);
  frame.writeUInt8(kind, 4);
  frame.writeUInt32BE(call, 5);
  payload.copy(frame, HEADER_BYTES + gap);
  return frame;
}

/**
 * From this size on bytes are written as they are: what the copies take from the heap's outside makes V8 collect all of
 * its garbage every few calls, which costs more than to write in pieces.
 */
export const LARGE_BYTES = 64 * 1024;

/**
 * Writes the frames of one turn of the event loop together: each write is a system call that may wake the other side,
 * and costs more than all the rest of sending a frame.
 */
export function createFrameWriter(socket: Writable): (...pieces: readonly Buffer[]) => void {
  let waiting: Buffer[] = [];
  let size = 0;
  const flush = () => {
    const [first = empty] = waiting;
    const pieces = waiting;
    const isSmall = size < LARGE_BYTES;
    waiting = [];
    size = 0;
    if (!socket.writable) return;
    if (pieces.length === 1) socket.write(first);
    else if (isSmall) socket.write(Buffer.concat(pieces));
    else {
      socket.cork();
      for (const bytes of pieces) socket.write(bytes);
      socket.uncork();
    }
  };
  return (...pieces) => {
    if (waiting.length === 0) setImmediate(flush);
    for (const bytes of pieces) size += bytes.length;
    waiting.push(...pieces);
  };
}

export interface FrameReader {
  push(chunk: Buffer): void;
}

/**
 * Cuts a byte stream into frames. The first header outside `limits` ends reading: `onFault` is told once, and all
 * later bytes are dropped, since nothing after a bad length can be found again.
 */
export function createFrameReader(
  limits: FrameLimits,
  onFrame: (kind: number, call: number, payload: Buffer) => void,
  onFault: (message: string) => void,
): FrameReader {
  let chunks: Buffer[] = [];
  let size = 0;
  let wanted = HEADER_BYTES;
  let isBroken = false;

  function take(): Buffer {
    const joined = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size);
    chunks = [];
    return joined;
  }

  return {
    push(chunk) {
      if (isBroken) return;
      chunks.push(chunk);
      size += chunk.length;
      // Joined only when a whole frame is there, so that a large payload is copied once.
      while (size >= wanted) {
        const bytes = take();
        const length = bytes.readUInt32BE(0);
        const kind = bytes.readUInt8(4);
        const limit = limits.get(kind);
        if (limit === undefined || length > limit) {
          isBroken = true;
          size = 0;
          onFault(limit === undefined ? `unknown frame kind ${kind}` : `frame of ${length} bytes`);
          return;
        }
        const end = HEADER_BYTES + length;
        if (bytes.length < end) {
          chunks = [bytes];
          wanted = end;
          return;
        }
        if (bytes.length > end) chunks = [bytes.subarray(end)];
        size = bytes.length - end;
        wanted = HEADER_BYTES;
        onFrame(kind, bytes.readUInt32BE(5), bytes.subarray(HEADER_BYTES, end));
      }
    },
  };
}
