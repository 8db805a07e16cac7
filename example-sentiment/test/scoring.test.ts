import { test } from "uvu";
import * as assert from "uvu/assert";
import { type LanguageCode, type Score, scoreText } from "../src/scoring.ts";
import { isPlainWord, tokenize } from "../src/tokens.ts";

/** The effects on the one match whose text is `word`. */
function effects(score: Score, word: string): string[] {
  const match = score.matches.find((candidate) => candidate.text.toLowerCase() === word);
  assert.ok(match, `"${word}" did not count`);
  return match.effects.map((effect) => `${effect.kind} by ${effect.by}`);
}

function label(text: string, lang: LanguageCode = "en"): string {
  return scoreText(text, lang).label;
}

function value(text: string, lang: LanguageCode = "en"): number {
  return scoreText(text, lang).score;
}

test("takes for a plain word only what the tokenizer leaves as it is", () => {
  const isLeft = (text: string): boolean =>
    tokenize(text).length === 1 && tokenize(text)[0]?.kind === "word" && tokenize(text)[0]?.text === text;
  for (const text of ["good", "gut"]) assert.ok(isPlainWord(text) && isLeft(text), text);
  for (const text of ["cant", "CANNOT", "can't", "not good", "ärger", "xD!", "", "😍", "5"])
    assert.not.ok(isPlainWord(text), text);
});

test("shows which words decided, and where they stand", () => {
  const score = scoreText("The room was very clean 😍", "en");
  assert.is(score.label, "positive");
  assert.is(score.words, 5);
  assert.equal(score.matches, [
    {
      text: "clean",
      start: 18,
      value: 2,
      weight: 2.6,
      effects: [{ kind: "intensified", by: "very" }],
    },
    { text: "😍", start: 24, value: 3, weight: 3, effects: [] },
  ]);
  assert.is(score.positive, 5.6);
  assert.is(score.negative, 0);
});

test("a negation turns a word round, within its clause only", () => {
  assert.is(label("The food was not good."), "negative");
  assert.is(label("The food was not bad."), "positive");
  assert.equal(effects(scoreText("I don't really trust it", "en"), "trust"), [
    "intensified by really",
    "negated by not",
  ]);
  assert.equal(effects(scoreText("Not today, the food is good", "en"), "good"), []);
  assert.equal(effects(scoreText("It is not new and it is good", "en"), "good"), []);
  assert.equal(effects(scoreText("It is good and not new", "en"), "good"), []);
});

test("each half of neither and nor has its own negation", () => {
  assert.is(label("It is neither good nor bad."), "neutral");
});

test("a contraction is a negation however its apostrophe is typed", () => {
  for (const text of [
    "I can't recommend it",
    "I can’t recommend it",
    "I cant recommend it",
    "I cannot recommend it",
  ]) {
    assert.is(label(text), "negative", text);
  }
});

test("what cannot be surpassed is praise", () => {
  assert.is(label("I could not be happier."), "positive");
  assert.is(label("I could not be happy there."), "negative");
});

test("intensifiers strengthen and diminishers weaken", () => {
  assert.ok(value("It is extremely good") > value("It is good"));
  assert.ok(value("It is slightly good") < value("It is good"));
  assert.ok(value("It is extremely bad") < value("It is bad"));
});

test("what stands behind a but counts more", () => {
  const weights = scoreText("It is good but ugly", "en").matches.map((match) => [match.value, match.weight]);
  assert.equal(weights, [
    [3, 1.5],
    [-3, -4.5],
  ]);
  assert.is(label("The screen is good, but the sound is bad."), "negative");
  assert.is(label("The sound is bad, but the screen is good."), "positive");
  assert.is(label("The screen is good. However, the sound is bad."), "negative");
  assert.is(label("Although the sound is bad, the screen is good."), "positive");
});

test("capitals and exclamation marks add to what is there, and make nothing of nothing", () => {
  assert.ok(value("GOOD") > value("good"));
  assert.ok(value("good!!!") > value("good!"));
  assert.is(value("THE TABLE!!!"), 0);
});

test("a question states less than it mentions", () => {
  assert.ok(Math.abs(value("Is it bad?")) < Math.abs(value("It is bad.")));
});

test("a problem that was solved is none, one that was not is", () => {
  assert.is(label("They solved the problem."), "positive");
  assert.is(label("They did not solve the problem."), "negative");
});

test("what would be good if it were so is missed", () => {
  assert.is(label("It would be great if it had a lid."), "negative");
  assert.is(label("Es wäre toll, wenn es einen Deckel hätte.", "de"), "negative");
  assert.is(label("It would be great for camping."), "positive");
});

test("finds superlatives and adverbs, and not what only looks like one", () => {
  assert.is(label("The nicest garden in town."), "positive");
  assert.is(label("A beautifully made box."), "positive");
  assert.is(label("It will likely rain."), "neutral");
});

test("reads emoji in every skin tone and presentation, and emoticons", () => {
  for (const text of ["👍", "👍🏽", "❤", "❤️", ":)", ":-)", "<3"]) assert.is(label(text), "positive", text);
  for (const text of ["👎🏿", "😡", ":(", ":-(", "</3"]) assert.is(label(text), "negative", text);
  assert.is(label("see http://example.com/index"), "neutral");
});

test("a word with two uses counts in one of them", () => {
  assert.is(label("I like the chair."), "positive");
  assert.is(label("It looks like the chair."), "neutral");
  assert.is(label("super"), "positive");
  assert.equal(scoreText("super helpful", "en").matches.length, 1);
});

test("German: negation before and behind, inflected words, transcribed umlauts", () => {
  assert.is(label("Das Essen war nicht gut.", "de"), "negative");
  assert.is(label("Das gefällt mir nicht.", "de"), "negative");
  assert.is(label("Keine schlechte Idee.", "de"), "positive");
  assert.is(label("Ein sehr schönes Zimmer.", "de"), "positive");
  assert.is(value("Ein schoenes Zimmer.", "de"), value("Ein schönes Zimmer.", "de"));
  assert.is(label("Das Zimmer war schön, aber das Essen war schrecklich.", "de"), "negative");
});

test("a language reads its own words only", () => {
  assert.is(label("schrecklich", "en"), "neutral");
  assert.is(label("schrecklich", "de"), "negative");
});

test("names of object members are words without a value", () => {
  for (const text of ["constructor", "toString", "__proto__ hasOwnProperty valueOf"]) {
    assert.equal(scoreText(text, "en").matches, []);
    assert.equal(scoreText(text, "de").matches, []);
  }
});

test("texts without words are neutral, and zero is not negative zero", () => {
  for (const text of [" ", "...", "\u0000", "\ud83d", "12345", "。"]) {
    assert.is(label(text), "neutral", JSON.stringify(text));
    assert.ok(Object.is(value(text), 0));
  }
});

test("the longest text is read quickly and stays within the bounds", () => {
  for (const piece of ["good ", "not ", "a", "!", ":", "😍", "can't ", "but bad ", "x\n"]) {
    const begun = performance.now();
    const { score } = scoreText(piece.repeat(10_000).slice(0, 10_000), "en");
    assert.ok(score >= -1 && score <= 1, piece);
    assert.ok(performance.now() - begun < 2000, `${JSON.stringify(piece)} took too long`);
  }
});

test("the same text gets the same score", () => {
  const text = "I love it, but the battery is NOT good!! 😞";
  assert.equal(scoreText(text, "en"), scoreText(text, "en"));
});

test.run();
