import type { Client } from "./client.ts";

type Labels = Readonly<Record<string, string>>;

/** One reading of /metrics. */
export interface Metrics {
  readonly text: string;
  /** The sample with exactly these labels; 0 where there is none. */
  value(name: string, labels?: Labels): number;
  /** Samples that have at least these labels, in their order. */
  all(name: string, labels?: Labels): readonly number[];
  /** Of all samples of this name that have at least these labels. */
  sum(name: string, labels?: Labels): number;
}

interface Sample {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

/** Reads the Prometheus text format 0.0.4, as far as labels without escapes need it. */
export async function readMetrics(client: Client): Promise<Metrics> {
  const { text } = await client.get("/metrics");
  const samples = text.split("\n").flatMap((line): Sample[] => {
    const found = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (found === null) return [];
    const [, name = "", labels = "", value = ""] = found;
    const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, text]) => [key, text]);
    return [{ name, labels: Object.fromEntries(pairs), value: Number(value.replace("Inf", "Infinity")) }];
  });
  const all: Metrics["all"] = (name, labels = {}) =>
    samples
      .filter(
        (sample) => sample.name === name && Object.entries(labels).every(([k, v]) => sample.labels[k] === v),
      )
      .map(({ value }) => value);
  return {
    text,
    all,
    value: (name, labels = {}) =>
      samples.find(
        (sample) =>
          sample.name === name &&
          Object.keys(sample.labels).length === Object.keys(labels).length &&
          Object.entries(labels).every(([k, v]) => sample.labels[k] === v),
      )?.value ?? 0,
    sum: (name, labels) => all(name, labels).reduce((sum, value) => sum + value, 0),
  };
}
