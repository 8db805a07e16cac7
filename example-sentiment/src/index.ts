import { Plugin } from "noxus/plugins";
import { ModelSentimentNode, SentimentNode, SlackAlertNode } from "./nodes.ts";

/** Sentiment of short texts: by a lexicon, by a model, and as an alert in Slack. */
export class SentimentPlugin extends Plugin {
  nodes() {
    return [new SentimentNode(), new ModelSentimentNode(), new SlackAlertNode()];
  }
}
