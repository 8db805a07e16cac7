import { visible } from "./text.ts";

/** A Markdown code span whose text cannot leave it, inside a table too: the fence is longer than any run of backticks in it. */
export function codeSpan(text: string): string {
  const inside = visible(text).replaceAll("|", "\\|");
  const longest = Math.max(0, ...[...inside.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const space = inside.startsWith("`") || inside.endsWith("`") ? " " : "";
  return `${fence}${space}${inside}${space}${fence}`;
}
