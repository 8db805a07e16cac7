import { readFileSync } from "node:fs";
import type { Label, LanguageCode } from "../src/scoring.ts";

/** One line of labelled.jsonl. */
export interface Labelled {
  readonly id: string;
  readonly lang: LanguageCode;
  readonly text: string;
  readonly label: Label;
  /** `dev` texts were known when the word lists were written; `test` texts were written after, and never tuned on. */
  readonly split: "dev" | "test";
}

export function readLabelled(): readonly Labelled[] {
  const lines = readFileSync(new URL("labelled.jsonl", import.meta.url), "utf8")
    .trim()
    .split("\n");
  // Our own file; test/labelled.test.ts checks every line of it.
  return lines.map((line) => JSON.parse(line) as Labelled);
}

const labels = ["positive", "neutral", "negative"] as const;
const languages = ["en", "de"] as const;
const splits = ["test", "dev"] as const;

/** Accuracy per split and language, and how the test texts were confused, as plain text. */
export function reportAccuracy(texts: readonly Labelled[], answers: ReadonlyMap<string, Label>): string {
  const isRight = (text: Labelled) => answers.get(text.id) === text.label;
  const accuracy = (some: readonly Labelled[]) => {
    const right = some.filter(isRight).length;
    const percent = ((100 * right) / some.length).toFixed(1);
    return `${`${right}/${some.length}`.padStart(9)}  ${percent.padStart(5)} %`;
  };
  const lines = ["split  lang       right"];
  for (const split of splits) {
    const inSplit = texts.filter((text) => text.split === split);
    lines.push(`${split.padEnd(5)}  all   ${accuracy(inSplit)}`);
    for (const lang of languages) {
      lines.push(`${split.padEnd(5)}  ${lang}    ${accuracy(inSplit.filter((text) => text.lang === lang))}`);
    }
  }
  lines.push("", "test texts: rows are labels, columns are answers");
  lines.push(`${" ".repeat(10)}${labels.map((label) => label.padStart(10)).join("")}`);
  for (const label of labels) {
    const row = texts.filter((text) => text.split === "test" && text.label === label);
    const counts = labels.map((answer) => row.filter((text) => answers.get(text.id) === answer).length);
    lines.push(`${label.padEnd(10)}${counts.map((count) => String(count).padStart(10)).join("")}`);
  }
  return `${lines.join("\n")}\n`;
}
