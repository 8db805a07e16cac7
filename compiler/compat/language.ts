/**
 * Regular languages over code points, as terms. A word is taken off the front by derivation (Brzozowski), so that
 * intersection and complement cost nothing extra, and the search below gives the shortest word or proves that there
 * is none.
 */

/** Sorted, disjoint, inclusive ranges of code points. */
export type Characters = readonly (readonly [number, number])[];

/** `key` is equal for terms that were built alike; the search knows its states by it. */
export type Language = { readonly key: string } & (
  | { readonly kind: "none" }
  | { readonly kind: "empty" }
  | { readonly kind: "characters"; readonly characters: Characters }
  | { readonly kind: "sequence"; readonly first: Language; readonly rest: Language }
  | { readonly kind: "either" | "both"; readonly parts: readonly Language[] }
  | { readonly kind: "not"; readonly of: Language }
  | { readonly kind: "repeat"; readonly of: Language; readonly least: number; readonly most: number }
);

const lastCodePoint = 0x10ffff;

/** No word at all. */
export const none: Language = { kind: "none", key: "0" };
/** The empty word only. */
export const empty: Language = { kind: "empty", key: "1" };
export const anyCharacter: Language = characters([[0, lastCodePoint]]);
/** Every word. */
export const everything: Language = repeat(anyCharacter, 0, Number.POSITIVE_INFINITY);

export function characters(ranges: Characters): Language {
  const merged = merge(ranges);
  if (merged.length === 0) return none;
  return {
    kind: "characters",
    characters: merged,
    key: `[${merged.map((range) => range.join("-")).join()}]`,
  };
}

export function complement(ranges: Characters): Characters {
  const gaps: [number, number][] = [];
  let next = 0;
  for (const [low, high] of merge(ranges)) {
    if (low > next) gaps.push([next, low - 1]);
    next = high + 1;
  }
  if (next <= lastCodePoint) gaps.push([next, lastCodePoint]);
  return gaps;
}

function merge(ranges: Characters): Characters {
  const merged: [number, number][] = [];
  for (const [low, high] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else merged.push([low, high]);
  }
  return merged;
}

export function literal(text: string): Language {
  return sequence(
    ...[...text].map((character) => {
      const point = character.codePointAt(0) ?? 0;
      return characters([[point, point]]);
    }),
  );
}

export function sequence(...parts: readonly Language[]): Language {
  return parts.reduceRight((rest, first): Language => {
    if (first.kind === "none" || rest.kind === "none") return none;
    if (first.kind === "empty") return rest;
    if (rest.kind === "empty") return first;
    // Leaning to the right, so that the same words are built as the same term.
    if (first.kind === "sequence") return sequence(first.first, sequence(first.rest, rest));
    return { kind: "sequence", first, rest, key: `(${first.key}.${rest.key})` };
  }, empty);
}

export function either(...parts: readonly Language[]): Language {
  return combine("either", parts, none, everything);
}

export function both(...parts: readonly Language[]): Language {
  return combine("both", parts, everything, none);
}

function combine(
  kind: "either" | "both",
  given: readonly Language[],
  neutral: Language,
  absorbing: Language,
): Language {
  const flat = new Map<string, Language>();
  for (const part of given)
    for (const inner of part.kind === kind ? part.parts : [part])
      if (inner.key !== neutral.key) flat.set(inner.key, inner);
  if (flat.has(absorbing.key)) return absorbing;
  const parts = [...flat.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  const [only] = parts;
  if (only === undefined) return neutral;
  if (parts.length === 1) return only;
  return { kind, parts, key: `(${parts.map((part) => part.key).join(kind === "either" ? "|" : "&")})` };
}

export function not(of: Language): Language {
  if (of.kind === "not") return of.of;
  if (of.key === none.key) return everything;
  if (of.key === everything.key) return none;
  return { kind: "not", of, key: `~${of.key}` };
}

export function repeat(of: Language, least: number, most: number): Language {
  if (most === 0 || of.kind === "empty") return empty;
  if (of.kind === "none") return least === 0 ? empty : none;
  if (least === 1 && most === 1) return of;
  return { kind: "repeat", of, least, most, key: `${of.key}{${least},${most}}` };
}

function hasEmpty(language: Language): boolean {
  switch (language.kind) {
    case "none":
    case "characters":
      return false;
    case "empty":
      return true;
    case "sequence":
      return hasEmpty(language.first) && hasEmpty(language.rest);
    case "either":
      return language.parts.some(hasEmpty);
    case "both":
      return language.parts.every(hasEmpty);
    case "not":
      return !hasEmpty(language.of);
    case "repeat":
      return language.least === 0 || hasEmpty(language.of);
  }
}

/** What may follow `point` in a word of the language. */
function derive(language: Language, point: number): Language {
  switch (language.kind) {
    case "none":
    case "empty":
      return none;
    case "characters":
      return includes(language.characters, point) ? empty : none;
    case "sequence": {
      const first = sequence(derive(language.first, point), language.rest);
      return hasEmpty(language.first) ? either(first, derive(language.rest, point)) : first;
    }
    case "either":
      return either(...language.parts.map((part) => derive(part, point)));
    case "both":
      return both(...language.parts.map((part) => derive(part, point)));
    case "not":
      return not(derive(language.of, point));
    case "repeat": {
      const { of, least, most } = language;
      return sequence(derive(of, point), repeat(of, Math.max(0, least - 1), most - 1));
    }
  }
}

function includes(ranges: Characters, point: number): boolean {
  return ranges.some(([low, high]) => low <= point && point <= high);
}

/** States looked at before a search gives up. */
const stateLimit = 20_000;

/** The shortest word; null where it is proven that there is none, undefined where the search was given up. */
export function shortestWord(language: Language): string | null | undefined {
  const points = representatives(language);
  const seen = new Set([language.key]);
  let level: readonly { readonly state: Language; readonly word: string }[] = [{ state: language, word: "" }];
  while (level.length > 0) {
    const next: { state: Language; word: string }[] = [];
    for (const { state, word } of level) {
      if (hasEmpty(state)) return word;
      for (const point of points) {
        const after = derive(state, point);
        if (after.kind === "none" || seen.has(after.key)) continue;
        if (seen.size >= stateLimit) return undefined;
        seen.add(after.key);
        next.push({ state: after, word: word + String.fromCodePoint(point) });
      }
    }
    level = next;
  }
  return null;
}

/** One code point for each class of points that no part of the language tells apart; readable ones where there are any. */
function representatives(language: Language): readonly number[] {
  const sets = new Map<string, Characters>();
  const collect = (part: Language): void => {
    if (part.kind === "characters") sets.set(part.key, part.characters);
    else if (part.kind === "sequence") {
      collect(part.first);
      collect(part.rest);
    } else if (part.kind === "either" || part.kind === "both") part.parts.forEach(collect);
    else if (part.kind === "not" || part.kind === "repeat") collect(part.of);
  };
  collect(language);
  const all = [...sets.values()];
  const signature = (point: number): string => all.map((set) => (includes(set, point) ? "1" : "0")).join("");
  const readable = [..."ax0AX-_. /@!"].map((character) => character.codePointAt(0) ?? 0);
  const edges = all.flatMap((set) => set.flatMap(([low, high]) => [low, high + 1]));
  const chosen = new Map<string, number>();
  for (const point of [...readable, ...edges.sort((a, b) => a - b), 0x20])
    if (point <= lastCodePoint && !chosen.has(signature(point))) chosen.set(signature(point), point);
  return [...chosen.values()];
}
