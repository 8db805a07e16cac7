import type { PathStep, UsedPermission } from "../../runtime/manifest/types.ts";
import { isCovered } from "../permissions/fit.ts";

/** As much of a manifest, or of an analysis, as says what a plugin can reach. */
export interface Powers {
  readonly name: string | null;
  readonly version: string | null;
  readonly nodes: readonly { readonly name: string; readonly permissions: readonly string[] }[];
  readonly permissions: {
    readonly declared: readonly string[];
    readonly used: readonly UsedPermission[];
    readonly unresolved: readonly Unproven[];
  };
}

/** A use that no permission stands for. */
export interface Unproven {
  readonly code: string;
  readonly file: string;
  readonly reason: string;
  /** Null where nobody answers for it. */
  readonly waiver: string | null;
}

export interface DiffSide {
  readonly powers: Powers;
  /** The package that a file of a path belongs to; null for the plugin's own files. */
  readonly packageOf: (file: string) => { readonly name: string; readonly version: string | null } | null;
}

/** What a plugin can reach after a change that it could not before, and the reverse. */
export interface PowerDiff {
  readonly old: { readonly name: string | null; readonly version: string | null };
  readonly new: { readonly name: string | null; readonly version: string | null };
  /** Only nodes with a change, sorted by name. */
  readonly nodes: readonly NodeDiff[];
  /** What plugin.yaml allows. */
  readonly declared: { readonly gained: readonly string[]; readonly lost: readonly string[] };
  readonly unproven: { readonly gained: readonly Unproven[]; readonly lost: readonly Unproven[] };
  /** How much of all this was gained and lost: powers of nodes, declarations, unproven uses. */
  readonly gained: number;
  readonly lost: number;
}

export interface NodeDiff {
  readonly name: string;
  readonly state: "added" | "removed" | "changed";
  readonly gained: readonly Power[];
  readonly lost: readonly Power[];
}

export interface Power {
  readonly permission: string;
  /** How the node reaches it, on the side that has it. */
  readonly path: readonly PathStep[];
  /** The packages on that path, the plugin's own dependency first. */
  readonly packages: readonly {
    readonly name: string;
    /** Null where it is not known. */
    readonly version: string | null;
    /** Its version on the other side, where that is known and another. */
    readonly otherVersion: string | null;
  }[];
}

/**
 * Compares what two sides can reach, node by node. A power is gained when no permission of the old side covers it, so
 * that going from `network` to one host is a loss and no gain. Two equal inputs give two equal answers, in one order.
 */
export function diffPowers(old: DiffSide, now: DiffSide): PowerDiff {
  const [before, after] = [nodesOf(old.powers), nodesOf(now.powers)];
  const nodes = [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .flatMap((name): readonly NodeDiff[] => {
      const [left, right] = [before.get(name), after.get(name)];
      const gained = beyond(right ?? [], left ?? []).map((permission) => power(permission, name, now, old));
      const lost = beyond(left ?? [], right ?? []).map((permission) => power(permission, name, old, now));
      const state = left === undefined ? "added" : right === undefined ? "removed" : "changed";
      return state === "changed" && gained.length + lost.length === 0 ? [] : [{ name, state, gained, lost }];
    });
  const [left, right] = [old.powers.permissions, now.powers.permissions];
  const declared = {
    gained: beyond(right.declared, left.declared),
    lost: beyond(left.declared, right.declared),
  };
  const unproven = {
    gained: without(right.unresolved, left.unresolved),
    lost: without(left.unresolved, right.unresolved),
  };
  const count = (side: "gained" | "lost"): number =>
    nodes.reduce((sum, node) => sum + node[side].length, declared[side].length + unproven[side].length);
  const identity = ({ name, version }: Powers) => ({ name, version });
  return {
    old: identity(old.powers),
    new: identity(now.powers),
    nodes,
    declared,
    unproven,
    gained: count("gained"),
    lost: count("lost"),
  };
}

function nodesOf({ nodes }: Powers): ReadonlyMap<string, readonly string[]> {
  return new Map(nodes.map((node) => [node.name, node.permissions]));
}

/** Permissions of one side that nothing on the other covers. */
function beyond(permissions: readonly string[], other: readonly string[]): readonly string[] {
  return [...new Set(permissions)].filter((permission) => !isCovered(permission, other)).sort();
}

/** What one side has more of than the other; lines may have moved, so that places within a file do not count. */
function without(uses: readonly Unproven[], other: readonly Unproven[]): readonly Unproven[] {
  const id = (use: Unproven): string =>
    JSON.stringify([use.code, packageFile(use.file), use.reason, use.waiver !== null]);
  const left = other.map(id);
  return uses
    .filter((use) => {
      const index = left.indexOf(id(use));
      if (index >= 0) left.splice(index, 1);
      return index < 0;
    })
    .map(({ code, file, reason, waiver }) => ({ code, file: packageFile(file), reason, waiver }))
    .sort((a, b) => (id(a) < id(b) ? -1 : 1));
}

function power(permission: string, node: string, side: DiffSide, other: DiffSide): Power {
  const used = side.powers.permissions.used.find((entry) => entry.permission === permission);
  const path = used?.paths[used.nodes.indexOf(node)] ?? [];
  const packages = new Map<string, Power["packages"][number]>();
  for (const { file } of path) {
    const found = side.packageOf(file);
    if (found === null || packages.has(found.name)) continue;
    const there = other.packageOf(file);
    const isOther = there !== null && there.name === found.name && there.version !== found.version;
    const { name, version } = found;
    packages.set(name, { name, version, otherVersion: isOther ? there.version : null });
  }
  return {
    permission,
    path: path.map((step) => ({ ...step, file: packageFile(step.file) })),
    packages: [...packages.values()],
  };
}

/** Where packages lie outside the plugin's folder, their place on this machine says nothing about the plugin. */
function packageFile(file: string): string {
  const start = file.indexOf("node_modules/");
  return file.startsWith("../") && start >= 0 ? file.slice(start) : file;
}
