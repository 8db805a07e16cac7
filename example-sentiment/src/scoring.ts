import { emojiValence, emoticonValence } from "./emoji.ts";
import { english } from "./languages/english.ts";
import { german } from "./languages/german.ts";
import type { Language } from "./languages/language.ts";
import { type Token, tokenize } from "./tokens.ts";

/** Why a word's weight differs from its value in the lexicon. */
export interface Effect {
  kind:
    | "negated"
    | "intensified"
    | "weakened"
    | "emphasised"
    | "contrasted"
    | "questioned"
    | "remedied"
    | "wished";
  /** The word or mark that did it. */
  by: string;
}

/** A word, phrase, emoji or emoticon that counted. */
export interface Match {
  /** As it stands in the text. */
  text: string;
  /** Where it begins, in UTF-16 units. */
  start: number;
  /** Valence in the lexicon, -5 to 5. */
  value: number;
  /** Valence in this text, after all effects. */
  weight: number;
  effects: Effect[];
}

export type Label = "positive" | "negative" | "neutral";

export interface Score {
  label: Label;
  /**
   * From -1, very negative, to 1, very positive.
   * @minimum -1
   * @maximum 1
   */
  score: number;
  /** Sum of the positive weights. */
  positive: number;
  /** Sum of the negative weights, as a positive number. */
  negative: number;
  /** Words read, emoji and emoticons not counted. */
  words: number;
  /** What counted, in the order of the text. */
  matches: Match[];
}

export type LanguageCode = "en" | "de";

const languages: Readonly<Record<LanguageCode, Language>> = { en: english, de: german };

/** How many words away another may be to act on a valued one: before it, but a remedy on either side. */
const negationReach = 4;
const remedyReach = 4;
const degreeReach = 2;

/** Scores nearer to zero than this are neutral. */
const neutralBelow = 0.2;

/** Bends the sum of weights into -1..1: one strong word reaches about 0.6, two reach 0.84. */
const bend = 15;

/** Scores a text by its words. Same text and language, same score. */
export function scoreText(text: string, language: LanguageCode): Score {
  const { clauses, symbols, wordCount } = readClauses(tokenize(text), languages[language]);
  const matches = clauses.flatMap((clause) => matchClause(clause, languages[language], text));
  matches.push(...symbols);
  matches.sort((a, b) => a.start - b.start);

  const positive = matches.reduce((sum, match) => sum + Math.max(match.weight, 0), 0);
  const negative = matches.reduce((sum, match) => sum - Math.min(match.weight, 0), 0);
  const sum = positive - negative;
  const score = round(sum / Math.sqrt(sum * sum + bend));
  return {
    label: Math.abs(score) < neutralBelow ? "neutral" : score > 0 ? "positive" : "negative",
    score,
    positive: round(positive),
    negative: round(negative),
    words: wordCount,
    matches: matches.map((match) => ({ ...match, weight: round(match.weight) })),
  };
}

interface Word {
  readonly token: Token;
  /** Folded spelling. */
  readonly key: string;
}

/** Words that negations and degrees act among, and what acts on all of them. */
interface Clause {
  readonly sentence: number;
  readonly words: Word[];
  readonly factors: { factor: number; effect: Effect }[];
}

function readClauses(
  tokens: readonly Token[],
  language: Language,
): { clauses: Clause[]; symbols: Match[]; wordCount: number } {
  const clauses: Clause[] = [];
  const symbols: Match[] = [];
  let sentence = 0;
  let clause = openClause(clauses, sentence);
  let wordCount = 0;

  tokens.forEach((token, index) => {
    if (token.kind === "mark") {
      if (/[.!?\n…]/.test(token.text)) {
        endSentence(clauses, sentence, token.text);
        sentence += 1;
      }
      clause = openClause(clauses, sentence);
      return;
    }
    if (token.kind !== "word") {
      const value = token.kind === "emoji" ? emojiValence(token.text) : emoticonValence(token.text);
      if (value) symbols.push({ text: token.text, start: token.start, value, weight: value, effects: [] });
      return;
    }
    wordCount += 1;
    const key = language.fold(token.text);
    const next = tokens[index + 1];
    if (language.contrasts.has(key)) {
      clause = openClause(clauses, sentence);
      contrast(clauses, clause, token.text);
    } else if (language.concessions.has(key)) {
      clause = openClause(clauses, sentence);
      clause.factors.push({ factor: 0.5, effect: { kind: "contrasted", by: token.text } });
    } else if (
      language.conjunctions.has(key) &&
      next?.kind === "word" &&
      language.subjects.has(language.fold(next.text))
    ) {
      const before = clause.factors;
      clause = openClause(clauses, sentence);
      clause.factors.push(...before);
    }
    clause.words.push({ token, key });
  });
  for (const clause of clauses) wish(clauses, clause, language);
  return { clauses, symbols, wordCount };
}

/** "It would be great if it worked" says that it does not. */
function wish(clauses: readonly Clause[], clause: Clause, language: Language): void {
  const frame = language.wishes.find((keys) => findFrame(clause.words, keys) !== -1);
  const isConditional = clauses.some(
    (other) =>
      other.sentence === clause.sentence && other.words.some((word) => language.conditions.has(word.key)),
  );
  if (frame === undefined || !isConditional) return;
  clause.factors.push({ factor: -0.7, effect: { kind: "wished", by: frame.join(" ") } });
}

/** Where the words of a frame stand in a row, or -1. */
function findFrame(words: readonly Word[], frame: readonly string[]): number {
  return words.findIndex((_, begin) => frame.every((key, offset) => words[begin + offset]?.key === key));
}

function openClause(clauses: Clause[], sentence: number): Clause {
  const clause: Clause = { sentence, words: [], factors: [] };
  clauses.push(clause);
  return clause;
}

/** The part before a "but" counts half, the part behind it half as much again. */
function contrast(clauses: readonly Clause[], begun: Clause, by: string): void {
  const effect: Effect = { kind: "contrasted", by };
  const opensSentence = !clauses.some(
    (clause) => clause.sentence === begun.sentence && clause.words.length > 0,
  );
  const weakened = opensSentence ? begun.sentence - 1 : begun.sentence;
  const isBefore = (clause: Clause) =>
    clause !== begun && clause.sentence === weakened && clause.words.length > 0;
  if (!clauses.some(isBefore)) return;
  for (const clause of clauses.filter(isBefore)) clause.factors.push({ factor: 0.5, effect });
  begun.factors.push({ factor: 1.5, effect });
}

/** A question states less than it mentions; exclamation marks state more. */
function endSentence(clauses: readonly Clause[], sentence: number, mark: string): void {
  const exclamations = Math.min([...mark].filter((character) => character === "!").length, 3);
  for (const clause of clauses.filter((clause) => clause.sentence === sentence)) {
    if (exclamations > 0) {
      clause.factors.push({ factor: 1 + exclamations / 10, effect: { kind: "emphasised", by: mark } });
    } else if (mark.includes("?")) {
      clause.factors.push({ factor: 0.5, effect: { kind: "questioned", by: mark } });
    }
  }
}

/** A valued term: `words[first]` to `words[last]`. */
interface Hit {
  readonly first: number;
  readonly last: number;
  readonly value: number;
}

function matchClause(clause: Clause, language: Language, text: string): Match[] {
  const { words } = clause;
  const { hits, negators } = findHits(words, language);
  const negatorOf = assignNegators(words, hits, negators, language);

  return hits.map((hit) => {
    const effects: Effect[] = [];
    let weight = hit.value;
    const apply = (factor: number, effect: Effect) => {
      weight *= factor;
      effects.push(effect);
    };
    const start = words[hit.first]?.token.start ?? 0;
    const lastToken = words[hit.last]?.token;
    const matched = text.slice(
      start,
      lastToken === undefined ? start : lastToken.start + lastToken.text.length,
    );

    for (const word of words.slice(Math.max(0, hit.first - degreeReach), hit.first)) {
      const factor = language.degrees.get(word.key);
      if (factor === undefined) continue;
      apply(factor, { kind: factor > 1 ? "intensified" : "weakened", by: word.token.text });
    }
    const remedy = hit.value < 0 ? findRemedy(words, hit, language) : undefined;
    const negator = negatorOf.get(hit);
    if (remedy !== undefined) {
      // A negation then belongs to the remedy: "could not fix the problem".
      apply(0, { kind: "remedied", by: remedy.token.text });
    } else if (negator !== undefined) {
      apply(language.negators.get(negator.key) ?? 1, { kind: "negated", by: negator.token.text });
    }
    // Single letters and abbreviations such as "OK" are not shouted.
    if (matched.length > 2 && matched === matched.toUpperCase()) {
      apply(1.25, { kind: "emphasised", by: "capital letters" });
    }
    for (const { factor, effect } of clause.factors) apply(factor, effect);
    return { text: matched, start, value: hit.value, weight, effects };
  });
}

function findHits(words: readonly Word[], language: Language): { hits: Hit[]; negators: number[] } {
  const hits: Hit[] = [];
  const negators: number[] = [];
  let index = 0;
  while (index < words.length) {
    const hit = longestHit(words, index, language);
    const key = words[index]?.key ?? "";
    if (hit !== null && hit.last > index) {
      // A term of several words takes its own negation in: "not what I ordered" is not negated by its "not".
      if (hit.value !== 0) hits.push(hit);
      index = hit.last + 1;
      continue;
    }
    if (language.negators.has(key)) negators.push(index);
    else if (hit !== null && hit.value !== 0 && !isDegreeOf(words, index, language)) hits.push(hit);
    index += 1;
  }
  return { hits, negators };
}

function longestHit(words: readonly Word[], first: number, language: Language): Hit | null {
  for (let length = Math.min(language.longestTerm(), words.length - first); length > 0; length -= 1) {
    const term = words.slice(first, first + length);
    const value = language.valence(term.map((word) => word.key).join(" "));
    if (value === undefined) continue;
    const predecessors = length === 1 ? language.onlyAfter.get(term[0]?.key ?? "") : undefined;
    if (predecessors !== undefined && !predecessors.has(words[first - 1]?.key ?? "")) return null;
    return { first, last: first + length - 1, value };
  }
  return null;
}

/** "super" is praise by itself, but only a degree in "super helpful". */
function isDegreeOf(words: readonly Word[], index: number, language: Language): boolean {
  return (
    language.degrees.has(words[index]?.key ?? "") &&
    index + 1 < words.length &&
    (longestHit(words, index + 1, language)?.value ?? 0) !== 0
  );
}

/** The nearest negator within reach before a hit; else, where the language allows it, one after the last hit. */
function assignNegators(
  words: readonly Word[],
  hits: readonly Hit[],
  negators: readonly number[],
  language: Language,
): ReadonlyMap<Hit, Word> {
  const assigned = new Map<Hit, Word>();
  const used = new Set<number>();
  for (const hit of hits) {
    const nearest = negators.findLast((index) => index < hit.first && hit.first - index <= negationReach);
    const word = nearest === undefined ? undefined : words[nearest];
    if (nearest === undefined || word === undefined) continue;
    used.add(nearest);
    if (!isUnsurpassed(words, nearest, hit, language)) assigned.set(hit, word);
  }
  for (const index of negators) {
    const word = words[index];
    if (used.has(index) || word === undefined || !language.trailingNegators.has(word.key)) continue;
    const hit = hits.findLast((candidate) => candidate.last < index);
    if (hit !== undefined && !assigned.has(hit)) assigned.set(hit, word);
  }
  return assigned;
}

function findRemedy(words: readonly Word[], hit: Hit, language: Language): Word | undefined {
  return words
    .slice(Math.max(0, hit.first - remedyReach), hit.last + 1 + remedyReach)
    .find((word) => language.remedies.has(word.key));
}

function isUnsurpassed(words: readonly Word[], negator: number, hit: Hit, language: Language): boolean {
  const hasComparative = words
    .slice(negator + 1, hit.last + 1)
    .some((word) => language.comparatives.has(word.key));
  return (
    hasComparative &&
    language.unsurpassed.some((frame) => {
      const begin = negator - frame.findIndex((key) => language.negators.has(key));
      return frame.every((key, offset) => words[begin + offset]?.key === key);
    })
  );
}

/** To four decimals, so that a sum's last bits do not show. */
function round(value: number): number {
  const rounded = Math.round(value * 10_000) / 10_000;
  return Object.is(rounded, -0) ? 0 : rounded;
}
