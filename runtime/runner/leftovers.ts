/** Notices what a call left running: timers, sockets, files being read, processes. */

const activeResources = process.getActiveResourcesInfo.bind(process);

/** After an answer whose call left something: when to look again, ms from the time before. */
const LOOK_AGAIN_MS = [0, 5, 20, 50, 150] as const;

export interface Leftovers {
  /** What keeps the event loop alive beyond the start, such as `2 Timeout`; null when there is nothing. */
  find(): string | null;
  /** Looks again until nothing is left, and gives what stays; stops with null once `isBusy`. */
  settle(isBusy: () => boolean): Promise<string | null>;
}

/** Takes the present state as clean. What is unreferenced, such as an idle connection kept by `fetch`, does not count. */
export function watchLeftovers(): Leftovers {
  const baseline = countByKind();

  function find(): string | null {
    if (activeResources().length === 0) return null;
    const left: string[] = [];
    for (const [kind, count] of countByKind()) {
      const more = count - (baseline.get(kind) ?? 0);
      if (more > 0) left.push(`${more} ${kind}`);
    }
    return left.length === 0 ? null : left.join(", ");
  }

  return {
    find,
    async settle(isBusy) {
      let left: string | null = null;
      for (const ms of LOOK_AGAIN_MS) {
        await new Promise((resolve) => setTimeout(resolve, ms).unref());
        left = isBusy() ? null : find();
        if (left === null) break;
      }
      return left;
    },
  };
}

function countByKind(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of activeResources()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}
