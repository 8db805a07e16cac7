/** What schemas accept, in the words of a report. */
import type { NumberShape, Shape, StringShape } from "./shapes.ts";

export function words(shape: Shape): string {
  return shape.type === "number" && shape.steps.includes(1) ? "integer" : shape.type;
}

export function lengthWords({ minLength, maxLength }: StringShape): string {
  return countWords(minLength, maxLength, "character");
}

export function countWords(least: number, most: number, noun: string): string {
  const unit = (amount: number): string => `${amount} ${noun}${amount === 1 ? "" : "s"}`;
  if (least === most) return unit(least);
  if (most === Number.POSITIVE_INFINITY)
    return least === 0 ? `any number of ${noun}s` : `${least} or more ${noun}s`;
  return least === 0 ? `at most ${unit(most)}` : `${least} to ${unit(most)}`;
}

export function rangeWords({ minimum, maximum, isMinimumOpen, isMaximumOpen }: NumberShape): string {
  const low = Number.isFinite(minimum) ? `${isMinimumOpen ? "above" : "from"} ${minimum}` : "";
  const high = Number.isFinite(maximum) ? `${isMaximumOpen ? "below" : "up to"} ${maximum}` : "";
  return low === "" && high === "" ? "any number" : ["numbers", low, high].filter(Boolean).join(" ");
}

export function stepWords(steps: readonly number[]): string {
  if (steps.length === 0) return "any number";
  return steps.map((step) => (step === 1 ? "whole numbers" : `multiples of ${step}`)).join(" and ");
}

export function patternWords(patterns: readonly string[]): string {
  if (patterns.length === 0) return "any text";
  return `texts matching ${patterns.map((pattern) => `/${pattern}/`).join(" and ")}`;
}

export function formatWords(formats: readonly string[]): string {
  return formats.length === 0 ? "any text" : `texts of the format ${formats.join(" and ")}`;
}
