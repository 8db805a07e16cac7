/**
 * Sends the labelled set through `POST /sentiment/run` and prints how often the answer was right:
 * `node example-sentiment/accuracy.ts [--url http://127.0.0.1:8080]`. Without `--url` it analyses this plugin and
 * serves it on a free port for as long as it takes. Exit code 1 when a text gets no answer.
 */
import { parseArgs } from "node:util";
import { type Labelled, readLabelled, reportAccuracy } from "./data/labelled.ts";
import { serveExample } from "./serve.ts";
import { isRecord } from "./src/request.ts";
import type { Label } from "./src/scoring.ts";

async function ask(url: string, { id, text, lang }: Labelled): Promise<Label> {
  const response = await fetch(new URL("/sentiment/run", url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ inputs: { text, lang } }),
  }).catch((error: unknown) => {
    throw new Error(`${url} cannot be reached`, { cause: error });
  });
  const body: unknown = await response.json();
  const label = isRecord(body) && isRecord(body.outputs) ? body.outputs.label : undefined;
  if (label !== "positive" && label !== "neutral" && label !== "negative") {
    throw new Error(`${id}: status ${response.status}, ${JSON.stringify(body)}`);
  }
  return label;
}

async function measure(url: string): Promise<string> {
  const texts = readLabelled();
  const answers = new Map<string, Label>();
  // One after the other: a server with one runner must not have to turn requests away.
  for (const text of texts) answers.set(text.id, await ask(url, text));
  return reportAccuracy(texts, answers);
}

async function measureOwnServer(): Promise<string> {
  const server = await serveExample();
  try {
    return await measure(server.url);
  } finally {
    await server.close();
  }
}

try {
  const { url } = parseArgs({ options: { url: { type: "string" } } }).values;
  process.stdout.write(url === undefined ? await measureOwnServer() : await measure(url));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
