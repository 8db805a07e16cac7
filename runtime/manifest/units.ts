const durationUnits: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** `500ms`, `5s`, `1m` in milliseconds; null for anything else, and for more than an hour. */
export function parseDuration(text: string): number | null {
  const match = /^([1-9]\d{0,6})(ms|s|m)$/.exec(text);
  const ms = Number(match?.[1]) * (durationUnits[match?.[2] ?? ""] ?? Number.NaN);
  return ms <= 3_600_000 ? ms : null;
}

/** `512Mi`, `2Gi` in MiB. The schema has checked the form. */
export function parseMemory(text: string): number {
  const amount = Number.parseInt(text, 10);
  return text.endsWith("Gi") ? amount * 1024 : amount;
}
