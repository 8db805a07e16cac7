import { emojiEmotion } from "emoji-emotion";

const emoticons: ReadonlyMap<string, number> = new Map([
  [":)", 2],
  [":D", 3],
  [";)", 1],
  [":P", 1],
  ["=)", 2],
  ["^^", 2],
  ["XD", 2],
  ["<3", 3],
  ["</3", -3],
  [":(", -2],
  ["=(", -2],
  [":'(", -3],
  [":')", 2],
  [":/", -1],
  [":|", -1],
]);

/** What the published list leaves out and customers type. */
const additions: readonly (readonly [string, number])[] = [
  ["🎉", 3],
  ["🥳", 3],
  ["🥰", 3],
  ["🤩", 4],
  ["⭐", 2],
  ["🌟", 2],
  ["🔥", 2],
  ["🤬", -4],
  ["😠", -3],
  ["🤮", -3],
  ["🤦", -2],
  ["🥲", -1],
  ["🙃", -1],
  ["😒", -2],
];

const emoji: ReadonlyMap<string, number> = new Map([
  ...emojiEmotion.map((entry) => [plain(entry.emoji), entry.polarity] as const),
  ...additions.map(([text, value]) => [plain(text), value] as const),
]);

/** Valence of an emoji, -5 to 5, whatever its skin tone or presentation; of a joined one, that of its first part. */
export function emojiValence(text: string): number | undefined {
  return emoji.get(plain(text)) ?? emoji.get(plain(text).split("\u200D")[0] ?? "");
}

/** Valence of an emoticon such as `:-)`, -5 to 5. */
export function emoticonValence(text: string): number | undefined {
  return emoticons.get(
    text.replace("-", "").replace("’", "'").replace("]", ")").replace("[", "(").toUpperCase(),
  );
}

function plain(text: string): string {
  return text.replace(/\uFE0F|\p{Emoji_Modifier}/gu, "");
}
