import { failure, isRecord, parseJson, post, retryAfter, type Send } from "./request.ts";

/** The one place this client sends to; `network:slack.com` in plugin.yaml is this host. */
export const slackEndpoint = "https://slack.com/api/chat.postMessage";

export interface PostedMessage {
  /** The channel's id, whatever name it was addressed by. */
  channel: string;
  /** The message's time stamp, which is its id within the channel. */
  ts: string;
}

/**
 * Posts a message to a channel; needs a bot token with the scope `chat:write`.
 * @param text Slack's markup; what a stranger wrote goes through {@link escapeText} first.
 * @throws {Failure} `slack_token_missing`, `slack_rate_limited`, `slack_unavailable`, `slack_malformed`,
 * `slack_unreachable`, `slack_cancelled`, and `slack_<error>` for the errors that Slack itself names, such as
 * `slack_channel_not_found` (https://api.slack.com/methods/chat.postMessage#errors).
 */
export async function postMessage(
  channel: string,
  text: string,
  options: { readonly token: string | undefined; readonly signal: AbortSignal },
  send: Send = (init) => fetch(slackEndpoint, init),
): Promise<PostedMessage> {
  if (!options.token) throw failure("slack_token_missing", "the variable SLACK_BOT_TOKEN is not set");
  const answer = await post(
    send,
    "slack",
    options.token,
    { channel, text, unfurl_links: false },
    options.signal,
  );
  if (answer.status === 429) {
    throw failure("slack_rate_limited", `slack asks to slow down (429)${retryAfter(answer.headers)}`);
  }
  if (answer.status !== 200) {
    throw failure(
      "slack_unavailable",
      `slack failed with status ${answer.status}${retryAfter(answer.headers)}`,
    );
  }
  return readAnswer(parseJson(answer.text));
}

function readAnswer(body: unknown): PostedMessage {
  if (!isRecord(body)) throw failure("slack_malformed", "slack's answer is not a JSON object");
  if (body.ok !== true) {
    // Slack answers 200 to a request that it did not carry out.
    const name =
      typeof body.error === "string" && /^[a-z_]{1,60}$/.test(body.error) ? body.error : "unknown_error";
    const needed =
      typeof body.needed === "string" ? `; the token lacks the scope ${body.needed.slice(0, 100)}` : "";
    throw failure(`slack_${name}`, `slack did not post the message: ${name}${needed}`);
  }
  if (typeof body.channel !== "string" || typeof body.ts !== "string") {
    throw failure("slack_malformed", "slack's answer names no channel and time stamp");
  }
  return { channel: body.channel, ts: body.ts };
}

/** Keeps a text from being read as markup: no mention, no link (https://api.slack.com/reference/surfaces/formatting). */
export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
