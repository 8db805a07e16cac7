/** Notices what a call left running: timers, sockets, files being read, processes. */

const activeResources = process.getActiveResourcesInfo.bind(process);

/** After an answer whose call left something: when to look again, ms from the time before. */
const LOOK_AGAIN_MS = [0, 5, 20, 50, 150] as const;

export interface Leftovers {
  /**
   * What keeps the event loop alive beyond the start, such as `2 Timeout`; null when there is nothing. So many
   * immediates of the runner's own are passed over.
   */
  find(ownImmediates: number): string | null;
  /** Looks again until nothing is left, and gives what stays. */
  settle(): Promise<string | null>;
}

/** Takes the present state as clean. What is unreferenced, such as an idle connection kept by `fetch`, does not count. */
export function watchLeftovers(): Leftovers {
  const resources = activeResources();
  const baseline = countByKind(resources);

  function find(ownImmediates: number): string | null {
    const present = activeResources();
    if (isSame(present, resources, ownImmediates)) return null;
    const left: string[] = [];
    for (const [kind, count] of countByKind(present)) {
      const own = kind === "Immediate" ? ownImmediates : 0;
      const more = count - own - (baseline.get(kind) ?? 0);
      if (more > 0) left.push(`${more} ${kind}`);
    }
    return left.length === 0 ? null : left.join(", ");
  }

  return {
    find,
    async settle() {
      let left: string | null = null;
      for (const ms of LOOK_AGAIN_MS) {
        await new Promise((resolve) => setTimeout(resolve, ms).unref());
        left = find(0);
        if (left === null) break;
      }
      return left;
    },
  };
}

/** The same kinds in the same order, with so many immediates at the end, where Node lists them. */
function isSame(present: readonly string[], before: readonly string[], immediates: number): boolean {
  if (present.length !== before.length + immediates) return false;
  for (let index = 0; index < present.length; index += 1) {
    if (present[index] !== (before[index] ?? "Immediate")) return false;
  }
  return true;
}

function countByKind(kinds: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}
