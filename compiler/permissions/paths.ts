import type { CallStep } from "../diagnostics/types.ts";
import type { Unit } from "./calls.ts";
import type { Origins } from "./origin.ts";

/** A node's class, or null where it could not be found in the bundle: then the node reaches everything. */
export interface NodeRoot {
  readonly name: string;
  readonly unit: Unit | null;
}

/** How a unit is reached from a node: the units on the way, the first one where it starts. Null where it is not. */
export type Reach = (node: string, unit: Unit) => readonly Unit[] | null;

/**
 * What each node reaches: its class, then what runs when the bundle is imported, then the plugin's class apart from
 * the node classes that it lists, then code that nobody was seen to call. Every unit is reached by at least one node.
 * Paths are the shortest of the first kind that there is; a path from the node's `call` wins over all others.
 */
export function findReach(units: readonly Unit[], nodes: readonly NodeRoot[], plugin: Unit | null): Reach {
  const nodeUnits = new Set(nodes.map((node) => node.unit).filter((unit) => unit !== null));
  const shared = new Map<Unit, Unit | null>();
  const imported = units.filter((unit) => unit.isImportTime);
  search(shared, imported, (to, isNew) => (isNew && nodeUnits.has(to) ? constructionOf(to) : [to]));
  // `nodes()` makes every node; what they do is their own.
  search(shared, plugin === null ? [] : [plugin, ...plugin.members], (to, isNew) =>
    isNew && nodeUnits.has(to) ? constructionOf(to) : [to],
  );
  const own = new Map<string, Map<Unit, Unit | null>>();
  for (const node of nodes) {
    const from = new Map<Unit, Unit | null>();
    if (node.unit !== null) {
      search(
        from,
        node.unit.members.filter((member) => member.name === "call"),
        (to) => [to],
      );
      search(from, [node.unit], (to) => [to]);
    }
    own.set(node.name, from);
  }
  const reached = new Set([...shared.keys(), ...[...own.values()].flatMap((from) => [...from.keys()])]);
  const rest = new Map<Unit, Unit | null>();
  for (const unit of units) if (!reached.has(unit)) rest.set(unit, null);
  const ways = new Map(
    nodes.map((node) => {
      const all =
        node.unit === null ? [...own.values()] : [own.get(node.name) ?? new Map<Unit, Unit | null>()];
      return [node.name, [...all, shared, rest]];
    }),
  );
  return (node, unit) => {
    const from = ways.get(node)?.find((way) => way.has(unit));
    return from === undefined ? null : pathTo(unit, from);
  };
}

/** Steps of a path, named and placed as in the source; the API itself is not one of them. */
export function stepsOf(path: readonly Unit[], origins: Origins): readonly CallStep[] {
  const steps: CallStep[] = [];
  for (const [i, unit] of path.entries()) {
    const next = path[i + 1];
    // A class stands for its members.
    if (next !== undefined && next.owner === unit) continue;
    const place = origins.placeOf(unit.at, unit.at) ?? { file: "noxus:plugins", span: null };
    const isStart = i === 0 && unit.isImportTime;
    const name = nameOf(unit, origins);
    if (isStart) steps.push({ name: "at import time", ...place });
    if (name !== null && !(isStart && unit.kind === "statement")) steps.push({ name, ...place });
  }
  return steps;
}

function nameOf(unit: Unit, origins: Origins): string | null {
  if (unit.kind === "statement") return null;
  if (unit.kind === "module") return unit.name.replace(/^noxus-(?:require|import):/, "node:");
  if (unit.owner !== null) return `${nameOf(unit.owner, origins)}.${unit.name}`;
  const name = origins.nameAt(unit.at);
  // esbuild's own variable for what an import of a CommonJS module gives.
  return name === null && unit.name.startsWith("import_") ? null : (name ?? unit.name);
}

function search(
  from: Map<Unit, Unit | null>,
  starts: readonly Unit[],
  targets: (to: Unit, isNew: boolean) => readonly Unit[],
): void {
  const queue: Unit[] = [];
  const add = (unit: Unit, parent: Unit | null): void => {
    if (from.has(unit)) return;
    from.set(unit, parent);
    queue.push(unit);
  };
  for (const unit of starts) add(unit, null);
  for (let i = 0; i < queue.length; i++) {
    const unit = queue[i];
    if (unit === undefined) break;
    // A class that runs code when it is declared is reached at import time by that code alone.
    for (const member of unit.members) add(member, unit);
    for (const [to, { isNew }] of unit.mentions) for (const target of targets(to, isNew)) add(target, unit);
  }
}

/** What `new` runs: fields and constructor, of the base classes too, and whatever else the class's head mentions. */
function constructionOf(unit: Unit): readonly Unit[] {
  const found = new Set<Unit>();
  const classes = new Set([unit]);
  for (const each of classes) {
    for (const member of each.members) if (member.isConstruction) found.add(member);
    for (const mentioned of each.mentions.keys())
      (mentioned.kind === "class" ? classes : found).add(mentioned);
  }
  return [...found];
}

function pathTo(unit: Unit, from: ReadonlyMap<Unit, Unit | null>): readonly Unit[] {
  const path: Unit[] = [];
  for (let at: Unit | null = unit; at !== null; at = from.get(at) ?? null) path.unshift(at);
  return path;
}
