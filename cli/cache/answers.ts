import type { Analysis } from "../../compiler/types.ts";
import { type Counts, countsOf } from "../reporters/report.ts";
import { check, type Evidence } from "./evidence.ts";
import { checksum, type Entry, pruneNowAndThen, readEntry, removeEntry, writeEntry } from "./store.ts";
import { recallTool } from "./tool.ts";

/** An analysis from the cache, with the numbers that every report shows. */
export interface Answer {
  readonly analysis: Analysis;
  readonly counts: Counts;
}

/** What of an analysis most reports need. */
type Small = Pick<
  Analysis,
  "root" | "pluginFile" | "name" | "version" | "description" | "entrypoint" | "diagnostics"
>;
type Large = Pick<Analysis, "nodes" | "permissions" | "sources" | "manifest">;

interface Head {
  /** What an answer depends on besides the plugin. */
  readonly tool: string;
  readonly node: string;
  readonly small: Small;
  readonly counts: Counts;
  readonly evidence: Evidence;
}

/** Built-in modules, and with them what is resolved and refused, differ from version to version. */
const node = `${process.version} ${process.platform} ${process.arch}`;

/**
 * The stored analysis of the plugin in `root`, a real path; null unless everything that it rests on still holds. With
 * `isWhole` its large parts are read at once, else when they are first asked for, and then a damaged file throws a
 * `DamagedEntry`.
 */
export function recall(folder: string, root: string, isWhole: boolean): Answer | null {
  const key = keyOf(root);
  const entry = readEntry(folder, key);
  if (entry === null) return null;
  const head = parse(entry.head);
  // Two roots may share a key.
  if (head === null || head.small.root !== root || head.node !== node) return null;
  if (recallTool(folder) !== head.tool) return null;
  const evidence = check(head.evidence);
  if (evidence === null) return null;
  try {
    if (evidence !== head.evidence)
      writeEntry(folder, key, JSON.stringify({ ...head, evidence }), entry.body());
    const analysis = isWhole
      ? { ...head.small, ...readLarge(entry), artifacts: [] }
      : withLargeParts(head.small, entry);
    return { analysis, counts: head.counts };
  } catch {
    removeEntry(folder, key);
    return null;
  }
}

/** Keeps an analysis with what it rests on. */
export function keep(folder: string, analysis: Analysis, evidence: Evidence, tool: string): void {
  const { root, pluginFile, name, version, description, entrypoint, diagnostics } = analysis;
  const { nodes, permissions, sources, manifest } = analysis;
  const head: Head = {
    tool,
    node,
    small: { root, pluginFile, name, version, description, entrypoint, diagnostics },
    counts: countsOf(analysis),
    evidence,
  };
  const large: Large = { nodes, permissions, sources, manifest };
  writeEntry(folder, keyOf(root), JSON.stringify(head), JSON.stringify(large));
  pruneNowAndThen(folder);
}

function parse(text: string): Head | null {
  try {
    // Written by us: its first line and its checksum were compared.
    return JSON.parse(text) as Head;
  } catch {
    return null;
  }
}

function readLarge(entry: Entry): Large {
  return JSON.parse(entry.body()) as Large;
}

/** The whole of a plugin with 500 nodes takes longer to parse than its state to check. */
function withLargeParts(small: Small, entry: Entry): Analysis {
  let large: Large | null = null;
  const read = <Part extends keyof Large>(part: Part): Large[Part] => {
    large ??= readLarge(entry);
    return large[part];
  };
  return {
    ...small,
    artifacts: [],
    get nodes() {
      return read("nodes");
    },
    get permissions() {
      return read("permissions");
    },
    get sources() {
      return read("sources");
    },
    get manifest() {
      return read("manifest");
    },
  };
}

/** A file name for a folder: short, and the same on every run. */
function keyOf(root: string): string {
  const bytes = Buffer.from(root);
  return `plugin-${checksum(bytes, 0, bytes.length)}`;
}
