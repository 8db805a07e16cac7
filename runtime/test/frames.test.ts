import { test } from "uvu";
import * as assert from "uvu/assert";
import { createFrameReader, encodeFrame, FrameKind, runnerToServer } from "../runner/frames.ts";

function reading(): { frames: [number, number, string][]; faults: string[]; push(chunk: Buffer): void } {
  const frames: [number, number, string][] = [];
  const faults: string[] = [];
  const reader = createFrameReader(
    runnerToServer,
    (kind, call, payload) => frames.push([kind, call, payload.toString()]),
    (message) => faults.push(message),
  );
  return { frames, faults, push: reader.push };
}

test("finds frames however the bytes are cut", () => {
  const bytes = Buffer.concat([
    encodeFrame(FrameKind.ready),
    encodeFrame(FrameKind.result, 7, Buffer.from('{"a":1}')),
    encodeFrame(FrameKind.result, 0xffffffff, Buffer.from("{}")),
  ]);
  for (let size = 1; size <= bytes.length; size += 1) {
    const { frames, faults, push } = reading();
    for (let at = 0; at < bytes.length; at += size) push(bytes.subarray(at, at + size));
    assert.equal(frames, [
      [FrameKind.ready, 0, ""],
      [FrameKind.result, 7, '{"a":1}'],
      [FrameKind.result, 0xffffffff, "{}"],
    ]);
    assert.equal(faults, []);
  }
});

test("stops for good at a kind or a length that is not allowed", () => {
  const tooLong = encodeFrame(FrameKind.ready);
  tooLong.writeUInt32BE(1, 0);
  const huge = encodeFrame(FrameKind.result);
  huge.writeUInt32BE(0xffffffff, 0);
  for (const bytes of [Buffer.from("HTTP/1.1 200 OK\r\n"), encodeFrame(FrameKind.start), tooLong, huge]) {
    const { frames, faults, push } = reading();
    push(bytes);
    push(encodeFrame(FrameKind.ready));
    assert.is(faults.length, 1);
    assert.equal(frames, []);
  }
});

test.run();
