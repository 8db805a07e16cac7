import type { Scope } from "./case.ts";

/**
 * Fills a row in: `X` becomes a new name, the other capital letters what `values` say. The last part is the expression,
 * the parts before it become statements.
 */
export function fill(
  parts: readonly string[],
  values: Readonly<Record<string, string>>,
  scope: Scope,
): string {
  const fresh = scope.name();
  const filled = parts.map((part) =>
    part
      .replace(/\bX(\w*)\b/g, (_, rest: string) => `${fresh}${rest}`)
      .replace(/\b[A-Z]\b/g, (letter) => values[letter] ?? letter),
  );
  for (const statement of filled.slice(0, -1)) scope.add(statement);
  return filled.at(-1) ?? "";
}
