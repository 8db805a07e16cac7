/** A piece of a text. `start` counts UTF-16 units from the beginning of the text. */
export interface Token {
  readonly kind: "word" | "emoji" | "emoticon" | "mark";
  /** As typed, except that a typographic apostrophe is a plain one and a contracted "n't" is a word "not". */
  readonly text: string;
  readonly start: number;
}

// One alternative per kind, in this order: emoticons would otherwise fall apart into marks.
const pattern = new RegExp(
  [
    String.raw`(?<emoticon>[:;=]['’]?-?[()DPp/|\[\]](?![\p{L}\p{N}/])|<\/?3|\^\^|\b[xX]D\b)`,
    String.raw`(?<emoji>\p{Extended_Pictographic}\uFE0F?\p{Emoji_Modifier}?(?:\u200D\p{Extended_Pictographic}\uFE0F?\p{Emoji_Modifier}?)*)`,
    String.raw`(?<word>[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*)`,
    String.raw`(?<mark>[.!?;:,()\n–—…]+| - )`,
  ].join("|"),
  "gu",
);

/** Splits a text into words, emoji, emoticons and the punctuation that ends clauses; the rest is left out. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(pattern)) {
    const start = match.index;
    const { emoticon, emoji, word, mark } = match.groups ?? {};
    if (emoticon !== undefined) tokens.push({ kind: "emoticon", text: emoticon, start });
    else if (emoji !== undefined) tokens.push({ kind: "emoji", text: emoji, start });
    else if (word !== undefined) tokens.push(...splitContraction(word.replaceAll("’", "'"), start));
    else if (mark !== undefined) tokens.push({ kind: "mark", text: mark, start });
  }
  return tokens;
}

const plainWord = /^[a-z]+$/;

/** Whether `tokenize` gives the text back as one word, told without its pattern and of the letters a to z alone. */
export function isPlainWord(text: string): boolean {
  return plainWord.test(text) && !irregular.has(text);
}

/** "can't" and "cannot" become two words, so that a negation is the same word everywhere. */
function splitContraction(word: string, start: number): Token[] {
  const lower = word.toLowerCase();
  const stem = irregular.get(lower) ?? (lower.endsWith("n't") ? word.slice(0, -3) : null);
  if (stem === null) return [{ kind: "word", text: word, start }];
  const end = start + word.length;
  return [
    { kind: "word", text: stem, start },
    { kind: "word", text: word === word.toUpperCase() ? "NOT" : "not", start: end - 3 },
  ];
}

// Typed without the apostrophe as often as with it.
const irregular: ReadonlyMap<string, string> = new Map([
  ["can't", "can"],
  ["cant", "can"],
  ["cannot", "can"],
  ["won't", "will"],
  ["wont", "will"],
  ["dont", "do"],
  ["doesnt", "does"],
  ["didnt", "did"],
  ["isnt", "is"],
  ["wasnt", "was"],
  ["couldnt", "could"],
  ["wouldnt", "would"],
]);
