import { Node, Plugin } from "noxus/plugins";

/** What a text consists of. */
export interface TextStats {
  characters: number;
  words: number;
  sentences: number;
  /** Time to read the text, in seconds. */
  readingSeconds: number;
}

/** Counts the characters, words and sentences of a text. */
export class TextStatsNode extends Node {
  title = "Text statistics";

  call(
    /**
     * What to count in.
     * @minLength 1
     */
    text: string,
    /**
     * How fast the reader is.
     * @minimum 1
     */
    wordsPerMinute = 200,
  ): TextStats {
    const words = text.match(/[\p{L}\p{N}]+(['’-][\p{L}\p{N}]+)*/gu)?.length ?? 0;
    const sentences = text.split(/[.!?…]+(?:\s|$)/u).filter((part) => part.trim() !== "").length;
    return {
      characters: [...text].length,
      words,
      sentences,
      readingSeconds: Math.round((words / wordsPerMinute) * 60),
    };
  }
}

export class {{class}} extends Plugin {
  nodes() {
    return [new TextStatsNode()];
  }
}
