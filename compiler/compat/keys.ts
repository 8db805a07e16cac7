import { both, either, everything, literal, not, shortestWord } from "./language.ts";
import { languageOfLength, languageOfPattern } from "./pattern.ts";
import { allOf, type ObjectShape, type Schema } from "./shapes.ts";

/** Patterns told apart; each doubles the groups of keys. */
const patternLimit = 5;

export interface KeyGroup {
  /** A key of the group; null where none could be made up. */
  readonly sample: string | null;
  readonly wide: Schema;
  readonly narrow: Schema;
}

/** Keys that neither side names, by the patterns that they match. Null for groups that were not told apart. */
export function otherKeys(
  wide: ObjectShape,
  narrow: ObjectShape,
  names: readonly string[],
): readonly (KeyGroup | null)[] {
  const patterns = [...new Set([...wide.patterns, ...narrow.patterns].map(([pattern]) => pattern))];
  if (patterns.length > patternLimit) return [null];
  const unnamed = not(either(...names.map(literal)));
  const groups: (KeyGroup | null)[] = [];
  for (let mask = 0; mask < 2 ** patterns.length; mask++) {
    const isIn = (pattern: string): boolean => ((mask >> patterns.indexOf(pattern)) & 1) === 1;
    const languages = patterns.map((pattern) => {
      const language = languageOfPattern(pattern);
      return language === null ? everything : isIn(pattern) ? language : not(language);
    });
    const all = both(unnamed, ...languages);
    const word = shortestWord(both(all, languageOfLength(1, Number.POSITIVE_INFINITY))) ?? shortestWord(all);
    if (word === null) continue;
    const schemaOf = (shape: ObjectShape): Schema => {
      const matching = shape.patterns.filter(([pattern]) => isIn(pattern));
      return matching.length === 0 ? shape.rest : allOf(...matching.map(([, schema]) => schema));
    };
    // A pattern that is not regular was left out of the language: the word need not be in this group.
    const isRight =
      word !== undefined &&
      patterns.every((pattern) => new RegExp(pattern, "u").test(word) === isIn(pattern));
    groups.push({ sample: isRight ? word : null, wide: schemaOf(wide), narrow: schemaOf(narrow) });
  }
  return groups;
}
