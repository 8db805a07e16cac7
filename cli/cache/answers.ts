import type { KnownTypes } from "../../compiler/reuse.ts";
import type { Analysis } from "../../compiler/types.ts";
import { type Counts, countsOf } from "../reporters/report.ts";
import { check, type Evidence } from "./evidence.ts";
import { type Seen, seenIn } from "./gather.ts";
import {
  checksum,
  type Entry,
  pruneNowAndThen,
  readEntry,
  removeEntry,
  renewEntry,
  writeEntry,
} from "./store.ts";
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
/** What an entry holds besides its head. */
type Body = Large & {
  /** Null where the next analysis could not start from it. */
  readonly types: KnownTypes | null;
};

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
  const found = findEntry(folder, root);
  if (found === null) return null;
  const { entry, head } = found;
  const evidence = check(head.evidence);
  if (evidence === null) return null;
  try {
    if (evidence !== head.evidence)
      renewEntry(folder, keyOf(root), JSON.stringify({ ...head, evidence }), entry);
    const analysis = isWhole
      ? { ...head.small, ...readLarge(entry), artifacts: [] }
      : withLargeParts(head.small, entry);
    return { analysis, counts: head.counts };
  } catch {
    removeEntry(folder, keyOf(root));
    return null;
  }
}

/** The entry of the plugin in \`root\`, if this noxus wrote it. */
function findEntry(folder: string, root: string): { readonly entry: Entry; readonly head: Head } | null {
  const entry = readEntry(folder, keyOf(root));
  const head = entry === null ? null : parse(entry.head);
  // Two roots may share a key.
  if (entry === null || head === null || head.small.root !== root || head.node !== node) return null;
  return recallTool(folder) === head.tool ? { entry, head } : null;
}

/** What still holds of a stored analysis, where nothing but sources was edited since. */
export interface Rest {
  readonly types: KnownTypes;
  readonly nodes: Analysis["nodes"];
  readonly sources: Analysis["sources"];
  /** Absolute paths. */
  readonly edited: readonly string[];
  /** What it rests on, with those, as it was before anything of this was looked at. */
  readonly seen: ReadonlyMap<string, Seen>;
}

/** Null unless there is something to start from. */
export function recallRest(folder: string, root: string): Rest | null {
  const found = findEntry(folder, root);
  if (found === null) return null;
  const seen = seenIn(found.head.evidence);
  const edited: string[] = [];
  if (seen === null || check(found.head.evidence, (path) => edited.push(path)) === null) return null;
  try {
    const { types, nodes, sources } = readBody(found.entry);
    return types && { types, nodes, sources, edited, seen };
  } catch {
    removeEntry(folder, keyOf(root));
    return null;
  }
}

/** Keeps an analysis with what it rests on. */
export function keep(
  folder: string,
  analysis: Analysis,
  types: KnownTypes | null,
  evidence: Evidence,
  tool: string,
): void {
  const { root, pluginFile, name, version, description, entrypoint, diagnostics } = analysis;
  const { nodes, permissions, sources, manifest } = analysis;
  const head: Head = {
    tool,
    node,
    small: { root, pluginFile, name, version, description, entrypoint, diagnostics },
    counts: countsOf(analysis),
    evidence,
  };
  const body: Body = { nodes, permissions, sources, manifest, types };
  writeEntry(folder, keyOf(root), JSON.stringify(head), JSON.stringify(body));
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

function readBody(entry: Entry): Body {
  return JSON.parse(entry.body()) as Body;
}

function readLarge(entry: Entry): Large {
  const { types: _types, ...large } = readBody(entry);
  return large;
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
