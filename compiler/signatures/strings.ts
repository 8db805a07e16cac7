/** One hole of a template literal type, or a string mapping by itself. */
export type TextPart = "string" | "number" | "bigint" | TextMapping;

/** `Uppercase<string>` and its kin, outermost first. */
export interface TextMapping {
  readonly mappings: readonly string[];
}

/** Characters that the intrinsic string types leave as they are, at the start of a text and behind it. */
const mapped: Readonly<Record<string, { readonly first: string; readonly rest: string }>> = {
  Uppercase: { first: "\\P{Changes_When_Uppercased}", rest: "\\P{Changes_When_Uppercased}" },
  Lowercase: { first: "\\P{Changes_When_Lowercased}", rest: "\\P{Changes_When_Lowercased}" },
  Capitalize: { first: "\\P{Changes_When_Uppercased}", rest: "[\\s\\S]" },
  Uncapitalize: { first: "\\P{Changes_When_Lowercased}", rest: "[\\s\\S]" },
};
const anything = { first: "[\\s\\S]", rest: "[\\s\\S]" };

/**
 * The pattern of a template literal type. TypeScript gives each hole the shortest text up to the next literal part (one
 * character where no literal part stands between two holes), the last one the rest, and never tries again: so does
 * the pattern.
 */
export function templatePattern(texts: readonly string[], parts: readonly TextPart[]): string {
  const first = parts[0];
  if (parts.length === 1 && first === "string") {
    const [head = "", tail = ""] = texts;
    if (tail === "") return `^${escapePattern(head)}`;
    if (head === "") return `${escapePattern(tail)}$`;
  }
  const body = parts.map((part, index) => {
    const next = texts[index + 1] ?? "";
    if (index === parts.length - 1) return hole(part, "") + escapePattern(next);
    return next === "" ? single(part) : hole(part, next) + escapePattern(next);
  });
  return `^${escapePattern(texts[0] ?? "")}${body.join("")}$`;
}

/** The text of a hole: all up to the first `next`, or the rest where nothing follows. */
function hole(part: TextPart, next: string): string {
  const guard = next === "" ? "" : `(?!${escapePattern(next)})`;
  if (part === "number") return numberPattern(next);
  if (part === "bigint") return `-?(?:0|[1-9]\\d*|${based})`;
  if (part === "string") return textPattern(anything, guard);
  const all = part.mappings.map((name) => textPattern(mapped[name] ?? anything, guard));
  // Every mapping has to leave the same text alone.
  const [last = "", ...others] = all.toReversed();
  return others.map((pattern) => `(?=${pattern}${next === "" ? "$" : escapePattern(next)})`).join("") + last;
}

function textPattern(
  { first, rest }: { readonly first: string; readonly rest: string },
  guard: string,
): string {
  if (first === rest) return guard === "" ? `${rest}*` : `(?:${guard}${rest})*`;
  return `(?:${guard}${first}${guard === "" ? `${rest}*` : `(?:${guard}${rest})*`})?`;
}

/** What JavaScript reads as a finite number, without the blanks that it would allow around it. */
function numberPattern(next: string): string {
  const sign = characters("+-", next);
  const power = /^[eE]$/.test(next) ? characters("eE", next) : "[eE]";
  const digit = /^\d/.test(next) ? `(?:(?!${escapePattern(next)})\\d)` : "\\d";
  const decimal = next === "." ? `${digit}+` : `(?:${digit}+(?:\\.${digit}*)?|\\.${digit}+)`;
  return `(?:${sign}?${decimal}(?:${power}${sign}?${digit}+)?|${based})`;
}

const based = "0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)";

/** One of `all` but `without`. */
function characters(all: string, without: string): string {
  return `[${[...all].filter((character) => character !== without).join("")}]`;
}

/** Exactly one character. */
function single(part: TextPart): string {
  if (part === "number" || part === "bigint") return "\\d";
  if (part === "string") return anything.first;
  const [last = anything.first, ...others] = part.mappings.map(
    (name) => mapped[name]?.first ?? anything.first,
  );
  return others.map((pattern) => `(?=${pattern})`).join("") + last;
}

/** The pattern of a string mapping that stands by itself. */
export function mappingPattern(part: TextMapping): string {
  return `^${hole(part, "")}$`;
}

/** What all of several patterns match, each of them anchored at one end at least. */
export function joinedPattern(patterns: readonly string[]): string {
  return `^${patterns.map((pattern) => `(?=${pattern.startsWith("^") ? pattern : `[\\s\\S]*${pattern}`})`).join("")}`;
}

/** Escapes what a pattern with the `u` flag has to have escaped, and nothing else: the flag refuses the rest. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** Names that count as numbers for an index signature: those that a number is written as. */
export const numericKey =
  "^(?:NaN|-?Infinity|0|-?(?:[1-9]\\d*(?:\\.\\d*[1-9])?|0\\.\\d*[1-9])(?:e[+-]\\d+)?)$";
