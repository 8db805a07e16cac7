/** How often a runner that holds several calls is asked whether its loop turns, ms. */
const PING_INTERVAL_MS = 50;

/** A loop that has not answered for so long is blocked, ms. Longer than what a busy machine makes it wait. */
const BLOCKED_MS = 250;

/** A pong later than this spoils the record of those who share the runner, ms. */
const SLOW_MS = 100;

/** Whether the event loop of a runner turns. */
export interface Pulse {
  /** While several calls share the runner. */
  start(): void;
  stop(): void;
  onPong(): void;
  /** True when the loop turns; settles as soon as that is known, 250 ms after the unanswered ping at the latest. */
  isBeating(): Promise<boolean>;
}

export function createPulse(ping: () => void, onSlow: () => void): Pulse {
  let sentAt: number | null = null;
  let timer: NodeJS.Timeout | null = null;
  let isOn = false;
  let waiting: ((isBeating: boolean) => void)[] = [];

  /** Ends by itself: calls come and go much faster than it. */
  function beat(): void {
    if (isOn) return ask();
    if (timer !== null) clearInterval(timer);
    timer = null;
  }

  function ask(): void {
    if (sentAt !== null) return;
    sentAt = performance.now();
    ping();
  }

  function tell(isBeating: boolean): void {
    for (const resolve of waiting) resolve(isBeating);
    waiting = [];
  }

  return {
    start() {
      isOn = true;
      timer ??= setInterval(beat, PING_INTERVAL_MS).unref();
    },
    stop() {
      isOn = false;
    },
    onPong() {
      if (sentAt === null) return;
      const ms = performance.now() - sentAt;
      sentAt = null;
      if (ms > SLOW_MS) onSlow();
      tell(true);
    },
    isBeating() {
      ask();
      const since = performance.now() - (sentAt ?? 0);
      return new Promise((resolve) => {
        // When this process itself was held up, the pong may be waiting to be read.
        const limit = setTimeout(() => setImmediate(resolve, false), Math.max(0, BLOCKED_MS - since));
        waiting.push((isBeating) => {
          clearTimeout(limit);
          resolve(isBeating);
        });
      });
    },
  };
}
