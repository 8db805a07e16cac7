import { test } from "uvu";
import * as assert from "uvu/assert";
import { askModel, openaiEndpoint } from "../src/openai.ts";
import { type Reply, thrown, withEndpoint } from "./endpoint.ts";

const key = "sk-test-0123456789";
const options = { key, model: "gpt-4o-mini", signal: new AbortController().signal };

/** A completion as the endpoint sends it, around the message that the model wrote. */
function completion(message: object, finish = "stop"): Reply {
  return {
    body: {
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1_700_000_000,
      model: "gpt-4o-mini-2024-07-18",
      choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason: finish }],
      usage: { prompt_tokens: 80, completion_tokens: 20, total_tokens: 100 },
    },
  };
}

/** The error of a call that is answered with `reply`. */
async function failing(reply: Reply): Promise<Error & { readonly code?: unknown }> {
  let error = new Error("the endpoint was not asked");
  await withEndpoint(
    openaiEndpoint,
    () => reply,
    async (send) => {
      error = await thrown(() => askModel("A text.", options, send));
    },
  );
  return error;
}

test("asks in the endpoint's own protocol and returns the judgement", async () => {
  const content = JSON.stringify({ label: "negative", score: -0.8, reason: "The parcel is late." });
  await withEndpoint(
    openaiEndpoint,
    () => completion({ content }),
    async (send, received) => {
      const answer = await askModel("Where is my parcel?", options, send);
      assert.equal(answer, {
        label: "negative",
        score: -0.8,
        reason: "The parcel is late.",
        model: "gpt-4o-mini-2024-07-18",
        tokens: 100,
      });
      assert.is(received.length, 1);
      const [request] = received;
      assert.is(request?.method, "POST");
      assert.is(request?.path, "/v1/chat/completions");
      assert.is(request?.headers.authorization, `Bearer ${key}`);
      assert.is(request?.headers["content-type"], "application/json; charset=utf-8");
      const body = request?.body as Record<string, unknown>;
      assert.is(body.model, "gpt-4o-mini");
      assert.is(body.temperature, 0);
      assert.equal((body.messages as object[])[1], { role: "user", content: "Where is my parcel?" });
      assert.is((body.response_format as { type: string }).type, "json_schema");
    },
  );
});

test("keeps to the host that plugin.yaml names", () => {
  assert.is(new URL(openaiEndpoint).origin, "https://api.openai.com");
});

test("asks nobody without a key", async () => {
  for (const missing of [undefined, ""]) {
    const error = await thrown(() =>
      askModel("A text.", { ...options, key: missing }, () => {
        throw new Error("a request was sent");
      }),
    );
    assert.is(error.code, "openai_key_missing");
    assert.match(error.message, "OPENAI_API_KEY");
  }
});

test("says that the key was not accepted, without repeating the key", async () => {
  const error = await failing({ status: 401, body: { error: { message: `Incorrect API key: ${key}` } } });
  assert.is(error.code, "openai_unauthorized");
  assert.not.match(error.message, key);
});

test("passes on how long to wait, in seconds or as a date", async () => {
  const seconds = await failing({ status: 429, headers: { "retry-after": "20" }, body: {} });
  assert.is(seconds.code, "openai_rate_limited");
  assert.match(seconds.message, "retry after 20 s");
  const date = "Wed, 21 Oct 2026 07:28:00 GMT";
  assert.match((await failing({ status: 429, headers: { "retry-after": date }, body: {} })).message, date);
  assert.not.match((await failing({ status: 429, body: {} })).message, "retry");
});

test("tells a rejected request from a failing service", async () => {
  const rejected = await failing({ status: 404, body: { error: { message: "no such model" } } });
  assert.is(rejected.code, "openai_rejected");
  assert.match(rejected.message, "no such model");
  assert.is((await failing({ status: 400, body: "<html>" })).code, "openai_rejected");
  assert.is((await failing({ status: 503, body: "busy" })).code, "openai_unavailable");
});

test("follows no redirect, which would carry the key elsewhere", async () => {
  await withEndpoint(
    openaiEndpoint,
    ({ path }) =>
      path === "/elsewhere"
        ? completion({ content: JSON.stringify({ label: "neutral", score: 0, reason: "" }) })
        : { status: 307, headers: { location: "/elsewhere" }, body: "" },
    async (send, received) => {
      assert.is((await thrown(() => askModel("A text.", options, send))).code, "openai_unreachable");
      assert.is(received.length, 1);
    },
  );
});

test("refuses an answer that is not what it asked for", async () => {
  const bad = (value: unknown) => completion({ content: JSON.stringify(value) });
  const cases: readonly (readonly [Reply, string])[] = [
    [{ body: "not json" }, "no choice"],
    [{ body: { choices: [] } }, "no choice"],
    [completion({ content: null }), "no text"],
    [completion({ content: "Positive!" }), "not a JSON object"],
    [completion({ content: "{" }, "length"), '"length"'],
    [bad([]), "not a JSON object"],
    [bad({ label: "great", score: 1, reason: "" }), "label"],
    [bad({ label: "positive", score: 1.5, reason: "" }), "score"],
    [bad({ label: "positive", score: "1", reason: "" }), "score"],
    [bad({ label: "positive", score: 1 }), "reason"],
  ];
  for (const [reply, expected] of cases) {
    const error = await failing(reply);
    assert.is(error.code, "openai_malformed", error.message);
    assert.match(error.message, expected);
  }
});

test("reports a refusal as one", async () => {
  const error = await failing(completion({ content: null, refusal: "I cannot help with that." }));
  assert.is(error.code, "openai_refused");
  assert.match(error.message, "I cannot help");
});

test("stops when the invocation is cancelled", async () => {
  await withEndpoint(
    openaiEndpoint,
    () => null,
    async (send, received) => {
      const deadline = new AbortController();
      const pending = thrown(() => askModel("A text.", { ...options, signal: deadline.signal }, send));
      while (received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      deadline.abort();
      assert.is((await pending).code, "openai_cancelled");
    },
  );
});

test("says that nobody answers", async () => {
  let url = "";
  await withEndpoint(
    openaiEndpoint,
    () => completion({ content: "{}" }),
    async (send) => {
      url = (await send({ method: "POST", body: "{}" })).url;
    },
  );
  const error = await thrown(() => askModel("A text.", options, (init) => fetch(url, init)));
  assert.is(error.code, "openai_unreachable");
  assert.match(error.message, "ECONNREFUSED");
});

test.run();
