import { isPlainWord, type Token, tokenize } from "../tokens.ts";

/** What the scorer has to know about one language. Words are lower case, with `fold` applied. */
export interface Language {
  /** Spelling under which words are compared. */
  readonly fold: (word: string) => string;
  /** Valence of a word or of words joined by one space, -5 to 5. Zero: known, and to be left alone. */
  readonly valence: (term: string) => number | undefined;
  /** Longest entry of the lexicon, in words. */
  readonly longestTerm: () => number;
  /** Turns the next valued word of the clause round; the number is what remains of it, such as -0.7. */
  readonly negators: ReadonlyMap<string, number>;
  /** May also stand behind the word it negates: "das gefällt mir nicht". */
  readonly trailingNegators: ReadonlySet<string>;
  /** A negation after one of these, before a comparative, is praise: "could not be happier". */
  readonly unsurpassed: readonly (readonly string[])[];
  readonly comparatives: ReadonlySet<string>;
  /** Factor on the next valued word: above 1 strengthens, below 1 weakens. */
  readonly degrees: ReadonlyMap<string, number>;
  /** What stands behind it in the sentence counts more than what stands before: "but". */
  readonly contrasts: ReadonlySet<string>;
  /** Begins a clause that counts less: "although". */
  readonly concessions: ReadonlySet<string>;
  /** Joins two clauses when one of `subjects` follows. */
  readonly conjunctions: ReadonlySet<string>;
  readonly subjects: ReadonlySet<string>;
  /** With one of `conditions` in the sentence, what is said here is missed rather than found: "would be great if". */
  readonly wishes: readonly (readonly string[])[];
  readonly conditions: ReadonlySet<string>;
  /** Take the sting out of a negative word near them: "solved my problem". */
  readonly remedies: ReadonlySet<string>;
  /** These words have a valence only after one of the words given: "I like" but not "looks like". */
  readonly onlyAfter: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Words and their valences, read when the first of them is asked for: a server is ready before that. */
export interface Lexicon {
  /** Valence of a word, or of words joined by one space. */
  readonly known: (term: string) => number | undefined;
  /** Longest entry, in words. */
  readonly longestTerm: () => number;
}

type Published = Readonly<Record<string, number | null>>;

/**
 * One lexicon from a published list and our own additions, which win. Multi-word terms go through the same tokenizer
 * as the texts, so "can't stand" is found however it is typed.
 */
export function lexicon(
  published: Published,
  additions: Readonly<Record<string, number>>,
  fold: (word: string) => string,
): Lexicon {
  let terms: ReturnType<typeof readTerms> | null = null;
  const read = () => (terms ??= readTerms(published, additions, fold));
  return {
    known(term) {
      const value = read().values.get(term);
      if (value !== undefined || !isPlainWord(term) || !Object.hasOwn(published, term)) return value;
      return published[term] ?? undefined;
    },
    longestTerm: () => read().longest,
  };
}

/** Our additions, and of the thousands that are published those which are not found as they stand there. */
function readTerms(
  published: Published,
  additions: Readonly<Record<string, number>>,
  fold: (word: string) => string,
): { readonly values: ReadonlyMap<string, number>; readonly longest: number } {
  const values = new Map<string, number>();
  let longest = 1;
  const add = (term: string, value: number | null | undefined): void => {
    const words = isPlainWord(term) ? [term] : tokenize(term).filter(isWord).map(textOf);
    // The machine-translated list holds an empty entry without a value.
    if (typeof value !== "number" || words.length === 0) return;
    values.set(words.map(fold).join(" "), value);
    longest = Math.max(longest, words.length);
  };
  for (const term of Object.keys(published)) if (!isPlainWord(term)) add(term, published[term]);
  for (const [term, value] of Object.entries(additions)) add(term, value);
  return { values, longest };
}

function textOf(token: Token): string {
  return token.text;
}

function isWord(token: Token): boolean {
  return token.kind === "word";
}

/** A set of words written as one line. */
export function words(line: string): ReadonlySet<string> {
  return new Set(line.split(" "));
}

/** A map that gives every word of a line the same number. */
export function weights(
  ...groups: readonly (readonly [line: string, weight: number])[]
): ReadonlyMap<string, number> {
  return new Map(groups.flatMap(([line, weight]) => line.split(" ").map((word) => [word, weight] as const)));
}
