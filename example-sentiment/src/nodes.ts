import { type Context, Node } from "noxus/plugins";
import { askModel, type ModelAnswer } from "./openai.ts";
import { type LanguageCode, type Score, scoreText } from "./scoring.ts";
import { escapeText, postMessage } from "./slack.ts";

/** Tells whether a text is positive, negative or neutral, by its words, and shows which words decided. */
export class SentimentNode extends Node {
  override readonly title = "Sentiment";
  override readonly timeout = "5s";

  /**
   * @param text The text to judge, such as a review or a chat message.
   * @param lang The language it is written in.
   */
  call(
    /**
     * @minLength 1
     * @maxLength 10000
     */
    text: string,
    lang: LanguageCode = "en",
  ): Score {
    return scoreText(text, lang);
  }
}

/** Asks a language model for the sentiment of a text: slower and paid for, but it understands what is only implied. */
export class ModelSentimentNode extends Node {
  override readonly title = "Sentiment by a model";

  /**
   * @param text The text to judge, in any language.
   * @param model Name of the chat model.
   */
  call(
    /**
     * @minLength 1
     * @maxLength 10000
     */
    text: string,
    /** @pattern ^[A-Za-z0-9._:-]{1,80}$ */
    model: string = "gpt-4o-mini",
    ctx: Context,
  ): Promise<ModelAnswer> {
    return askModel(text, { key: process.env.OPENAI_API_KEY, model, signal: ctx.signal });
  }
}

/** What came of a text that was looked at. */
export interface Alert {
  /** Whether a message was posted. */
  posted: boolean;
  score: Score;
  /** The channel's id; empty when nothing was posted. */
  channel: string;
  /** The message's id within the channel; empty when nothing was posted. */
  ts: string;
}

/** Posts a text to a Slack channel when its sentiment is bad enough. */
export class SlackAlertNode extends Node {
  override readonly title = "Slack alert";

  /**
   * @param text The text to judge and to quote.
   * @param channel A channel's id or name, such as `#support`.
   * @param below Post when the score is at most this.
   * @param lang The language it is written in.
   */
  async call(
    /**
     * @minLength 1
     * @maxLength 3000
     */
    text: string,
    /** @pattern ^#?[A-Za-z0-9_-]{1,80}$ */
    channel: string,
    /**
     * @minimum -1
     * @maximum 1
     */
    below: number = -0.3,
    lang: LanguageCode = "en",
    ctx: Context,
  ): Promise<Alert> {
    const score = scoreText(text, lang);
    if (score.score > below) return { posted: false, score, channel: "", ts: "" };
    const message = `*${score.label}* (${score.score.toFixed(2)})\n${quote(text)}`;
    const posted = await postMessage(channel, message, {
      token: process.env.SLACK_BOT_TOKEN,
      signal: ctx.signal,
    });
    ctx.log.info("alert posted", { channel: posted.channel, ts: posted.ts });
    return { posted: true, score, ...posted };
  }
}

function quote(text: string): string {
  return escapeText(text)
    .split("\n")
    .map((line) => `> ${line}`)
    .join("\n");
}
