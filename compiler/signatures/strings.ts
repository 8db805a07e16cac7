/** One hole of a template literal type, or a string mapping by itself. */
export type TextPart = "string" | "number" | "bigint" | TextMapping;

/** `Uppercase<string>` and its kin, outermost first. */
export interface TextMapping {
  readonly mappings: readonly string[];
}

/** What the intrinsic string types leave unchanged, as TypeScript tests it. */
const mapped: Readonly<Record<string, string>> = {
  Uppercase: "\\P{Changes_When_Uppercased}*",
  Lowercase: "\\P{Changes_When_Lowercased}*",
  Capitalize: "(?:\\P{Changes_When_Uppercased}[\\s\\S]*)?",
  Uncapitalize: "(?:\\P{Changes_When_Lowercased}[\\s\\S]*)?",
};

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
    return next === "" ? single(part) : hole(part, `(?!${escapePattern(next)})`) + escapePattern(next);
  });
  return `^${escapePattern(texts[0] ?? "")}${body.join("")}$`;
}

/** Any number of characters of a kind of hole, none of them at a place where `guard` forbids it. */
function hole(part: TextPart, guard: string): string {
  if (part === "string") return guard === "" ? "[\\s\\S]*" : `(?:${guard}[\\s\\S])*`;
  if (part === "number") return numberPattern(guard);
  if (part === "bigint") return `${guard}-?(?:${digits(guard, "0|[1-9]", "[0-9]")}|${based(guard)})`;
  const last = part.mappings.at(-1) ?? "";
  const whole = part.mappings.slice(0, -1).map((name) => `(?=${mapped[name]}$)`);
  return whole.join("") + (guard === "" ? mapped[last] : `(?:${guard}${mapped[last]?.replace(/\*$/, "")})*`);
}

/** What JavaScript reads as a finite number, without the blanks that it would allow around it. */
function numberPattern(guard: string): string {
  const g = guard;
  const many = (set: string): string => (g === "" ? `${set}+` : `(?:${g}${set})+`);
  const exponent = `(?:${g}[eE](?:${g}[+-])?${many("\\d")})?`;
  const decimal = `(?:${many("\\d")}(?:${g}\\.(?:${many("\\d")})?)?|${g}\\.${many("\\d")})`;
  return `(?:(?:${g}[+-])?${decimal}${exponent}|${based(g)})`;
}

function based(g: string): string {
  const many = (set: string): string => (g === "" ? `${set}+` : `(?:${g}${set})+`);
  return `${g}0(?:${g}[xX]${many("[0-9a-fA-F]")}|${g}[oO]${many("[0-7]")}|${g}[bB]${many("[01]")})`;
}

function digits(guard: string, first: string, rest: string): string {
  const [zero = "", other = ""] = first.split("|");
  return `${guard}${zero}|${guard}${other}(?:${guard}${rest})*`;
}

/** Exactly one character. */
function single(part: TextPart): string {
  if (part === "string") return "[\\s\\S]";
  if (part === "number" || part === "bigint") return "\\d";
  return part.mappings.map((name) => `(?=${mapped[name]}$)`).join("") === ""
    ? "[\\s\\S]"
    : (mapped[part.mappings[0] ?? ""]?.replace(/\*$|\[\\s\\S\]\*\)\?$|^\(\?:/g, "") ?? "[\\s\\S]");
}

/** The pattern of a string mapping that stands by itself. */
export function mappingPattern(part: TextMapping): string {
  return `^${hole(part, "")}$`;
}

/** Escapes what a pattern with the `u` flag has to have escaped, and nothing else: the flag refuses the rest. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** Names that count as numbers for an index signature: those that a number is written as. */
export const numericKey =
  "^(?:NaN|-?Infinity|0|-?(?:[1-9]\\d*(?:\\.\\d*[1-9])?|0\\.\\d*[1-9])(?:e[+-]\\d+)?)$";
