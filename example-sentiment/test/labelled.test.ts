import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Labelled, readLabelled, reportAccuracy } from "../data/labelled.ts";
import { scoreText } from "../src/scoring.ts";

const texts = readLabelled();

test("every line of the labelled set is whole, and no text is in it twice", () => {
  for (const text of texts) {
    assert.equal(Object.keys(text), ["id", "lang", "text", "label", "split"]);
    assert.match(text.id, new RegExp(`^${text.lang}-\\d{3}$`));
    assert.ok(["en", "de"].includes(text.lang), text.id);
    assert.ok(["positive", "neutral", "negative"].includes(text.label), text.id);
    assert.ok(["dev", "test"].includes(text.split), text.id);
    assert.ok(text.text.length >= 1 && text.text.length <= 10_000, text.id);
  }
  assert.is(new Set(texts.map((text) => text.id)).size, texts.length);
  assert.is(new Set(texts.map((text) => text.text.toLowerCase())).size, texts.length);
});

test("every language has every label in both splits", () => {
  const kinds = new Set(texts.map((text) => `${text.lang} ${text.label} ${text.split}`));
  assert.is(kinds.size, 12);
});

test("the README states the accuracy that the scorer has", () => {
  const answers = new Map(texts.map((text) => [text.id, scoreText(text.text, text.lang).label]));
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  assert.ok(
    readme.includes(reportAccuracy(texts, answers)),
    `the README lacks:\n${reportAccuracy(texts, answers)}`,
  );
});

test("counts a right, a wrong and a missing answer for what they are", () => {
  const text = (id: string, label: Labelled["label"]): Labelled => ({
    id,
    lang: "en",
    text: id,
    label,
    split: "test",
  });
  const report = reportAccuracy(
    [text("a", "positive"), text("b", "positive"), text("c", "negative")],
    new Map([
      ["a", "positive"],
      ["b", "negative"],
    ]),
  );
  assert.match(report, /^test\s+all\s+1\/3\s+33\.3 %$/m);
  assert.match(report, /^positive\s+1\s+0\s+1$/m);
  assert.match(report, /^negative\s+0\s+0\s+0$/m);
});

test.run();
