import { writeSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createJournal, type Journal, noteBytes } from "../runner/journal.ts";

function opened(): Journal {
  const journal = createJournal();
  if (journal === null) throw new Error("no folder for a journal");
  return journal;
}

/** Writes records one after the other, from the start of the file as each batch does. */
function batch({ fd }: Journal, position: number, ...texts: readonly string[]): void {
  let at = 0;
  for (const text of texts) {
    const record = noteBytes(position, Buffer.from(text));
    writeSync(fd, record, 0, record.length, at);
    at += record.length;
    position += text.length;
  }
}

test("gives what was noted from a position of the stream on", () => {
  const journal = opened();
  assert.is(journal.read(0).toString(), "");
  batch(journal, 100, "first", "second");
  assert.is(journal.read(100).toString(), "firstsecond");
  assert.is(journal.read(103).toString(), "stsecond");
  assert.is(journal.read(105).toString(), "second");
  assert.is(journal.read(111).toString(), "");
  assert.is(journal.read(99).toString(), "", "what comes between has not been read");
  journal.close();
});

test("passes over what an earlier, longer batch has left in the file", () => {
  const journal = opened();
  batch(journal, 0, "aaaa", "bbbb", "cccc");
  batch(journal, 12, "dddd");
  assert.is(journal.read(12).toString(), "dddd");
  assert.is(journal.read(4).toString(), "", "that has gone out");
  journal.close();
});

test("takes no record that is being written", () => {
  const journal = opened();
  batch(journal, 0, "whole");
  const record = noteBytes(5, Buffer.from("half"));
  writeSync(journal.fd, record, 0, record.length - 3, noteBytes(0, Buffer.from("whole")).length);
  assert.is(journal.read(0).toString(), "whole");
  journal.close();
});

test("is empty once it is closed", () => {
  const journal = opened();
  batch(journal, 0, "text");
  journal.close();
  assert.is(journal.read(0).length, 0);
});

test.run();
