/** The work of one call, the same behind every server. */
export function words({ text }) {
  return { words: text.split(" ").length, text };
}
