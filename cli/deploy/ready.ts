/** Longest that an instance may take to be ready, ms. */
export const startLimit = 30_000;

/** Whether the server at `port` of the loopback answers as ready. */
export async function isReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`, {
      signal: AbortSignal.timeout(2000),
    });
    return answer.status === 200;
  } catch {
    // Not listening, or too slow: not ready.
    return false;
  }
}

/** What an instance said last, for the message about its end. */
export function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1) || "it said nothing";
}
