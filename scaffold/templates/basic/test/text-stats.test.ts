import assert from "node:assert/strict";
import { test } from "node:test";
import { TextStatsNode } from "../src/index.ts";

test("counts characters, words and sentences", () => {
  const stats = new TextStatsNode().call("Don't panic. It's only a text!");
  assert.deepEqual(stats, { characters: 30, words: 6, sentences: 2, readingSeconds: 2 });
});

test("a slower reader takes longer", () => {
  const text = "one two three four";
  assert.equal(new TextStatsNode().call(text, 60).readingSeconds, 4);
  assert.equal(new TextStatsNode().call(text, 240).readingSeconds, 1);
});
