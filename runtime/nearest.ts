import { distance } from "fastest-levenshtein";

/** The candidate closest in spelling, or null when none is close enough to be what was meant. */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  // Longer words are nobody's typo, and the distance costs the product of both lengths.
  if (word.length > 100) return null;
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const found = distance(word.toLowerCase(), candidate.toLowerCase());
    if (found < bestDistance && found < candidate.length) {
      best = candidate;
      bestDistance = found;
    }
  }
  return best;
}
