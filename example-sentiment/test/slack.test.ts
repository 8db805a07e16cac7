import { test } from "uvu";
import * as assert from "uvu/assert";
import { escapeText, postMessage, slackEndpoint } from "../src/slack.ts";
import { type Reply, thrown, withEndpoint } from "./endpoint.ts";

const token = "xoxb-test";
const options = { token, signal: new AbortController().signal };

async function failing(reply: Reply): Promise<Error & { readonly code?: unknown }> {
  let error = new Error("the endpoint was not asked");
  await withEndpoint(
    slackEndpoint,
    () => reply,
    async (send) => {
      error = await thrown(() => postMessage("#support", "A text.", options, send));
    },
  );
  return error;
}

test("posts the message and returns where it stands", async () => {
  await withEndpoint(
    slackEndpoint,
    () => ({ body: { ok: true, channel: "C024BE91L", ts: "1503435956.000247", message: {} } }),
    async (send, received) => {
      const posted = await postMessage("#support", "*negative*", options, send);
      assert.equal(posted, { channel: "C024BE91L", ts: "1503435956.000247" });
      const [request] = received;
      assert.is(request?.method, "POST");
      assert.is(request?.path, "/api/chat.postMessage");
      assert.is(request?.headers.authorization, `Bearer ${token}`);
      assert.equal(request?.body, { channel: "#support", text: "*negative*", unfurl_links: false });
    },
  );
});

test("keeps to the host that plugin.yaml names", () => {
  assert.is(new URL(slackEndpoint).origin, "https://slack.com");
});

test("asks nobody without a token", async () => {
  const error = await thrown(() =>
    postMessage("#support", "A text.", { ...options, token: undefined }, () => {
      throw new Error("a request was sent");
    }),
  );
  assert.is(error.code, "slack_token_missing");
});

test("takes a 200 that is not ok for the error that it is", async () => {
  const unknownChannel = await failing({ body: { ok: false, error: "channel_not_found" } });
  assert.is(unknownChannel.code, "slack_channel_not_found");
  const scope = await failing({
    body: { ok: false, error: "missing_scope", needed: "chat:write", provided: "channels:read" },
  });
  assert.is(scope.code, "slack_missing_scope");
  assert.match(scope.message, "chat:write");
  assert.is((await failing({ body: { ok: false, error: "<b>odd</b>" } })).code, "slack_unknown_error");
});

test("passes on how long to wait", async () => {
  const error = await failing({ status: 429, headers: { "retry-after": "30" }, body: "" });
  assert.is(error.code, "slack_rate_limited");
  assert.match(error.message, "retry after 30 s");
});

test("tells a failing service from an answer that cannot be used", async () => {
  assert.is((await failing({ status: 503, body: "" })).code, "slack_unavailable");
  assert.is((await failing({ body: "<html>" })).code, "slack_malformed");
  assert.is((await failing({ body: { ok: true } })).code, "slack_malformed");
});

test("keeps a stranger's text from being markup", () => {
  assert.is(
    escapeText("<!channel> a & b <https://example.com|x>"),
    "&lt;!channel&gt; a &amp; b &lt;https://example.com|x&gt;",
  );
});

test.run();
