import assert from "node:assert/strict";
import { test } from "node:test";
import { testNode } from "noxus/plugins";
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

// testNode runs the node as it will be served: compiled, validated, contained, with its time limit.
test("is served with what a caller left out filled in", async () => {
  const stats = await testNode(TextStatsNode, { text: "One two." });
  assert.equal(stats.words, 2);
  assert.equal(stats.readingSeconds, 1);
});

test("refuses an empty text", async () => {
  await assert.rejects(testNode(TextStatsNode, { text: "" }), { code: "input_invalid" });
});
