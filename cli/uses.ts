/** Who uses what in a plugin, as `explain` and `plugin info` show it. Plain data, then text. */
import { join } from "node:path";
import type { CallStep, Place, Span } from "../compiler/diagnostics/types.ts";
import { readPermission } from "../compiler/permissions/fit.ts";
import { covers, type Permission } from "../compiler/permissions/permission.ts";
import type { Analysis, AnalyzedNode, PermissionUse, UnresolvedPlace } from "../compiler/types.ts";
import { shortPath } from "./paths.ts";
import { callPath, placeText } from "./reporters/pretty.ts";
import { paintFor, type Terminal } from "./terminal.ts";
import { count, visible } from "./text.ts";

/** What an answer is made from; `declared` says where plugin.yaml declares each permission. */
export interface Subject {
  readonly analysis: Analysis;
  readonly declared: ReadonlyMap<string, Span | null>;
}

/** One use by the shortest way that leads to it. */
export interface ShownUse extends Place {
  readonly permission: string;
  readonly sink: string;
  /** Declared permissions that allow it; empty where none does. */
  readonly grantedBy: readonly string[];
  readonly node: string | null;
  readonly path: readonly CallStep[];
  /** The other nodes that reach it. */
  readonly otherNodes: readonly string[];
}

export interface ShownUnresolved extends Place {
  readonly code: string;
  readonly reason: string;
  readonly waiver: string | null;
}

/** Where plugin.yaml declares a permission. */
export interface ShownGrant extends Place {
  readonly permission: string;
}

export interface PermissionAnswer {
  readonly kind: "permission";
  readonly permission: string;
  /** Declared permissions that allow all or a part of it. */
  readonly declared: readonly ShownGrant[];
  /** Uses of it, or of a part of it. */
  readonly uses: readonly ShownUse[];
  /** Uses of more than it, which may be uses of it. */
  readonly possible: readonly ShownUse[];
  readonly unresolved: readonly ShownUnresolved[];
}

export interface NodeAnswer {
  readonly kind: "node";
  readonly name: string;
  readonly class: string;
  readonly source: Place;
  readonly permissions: readonly string[];
  /** Declared permissions that allow what it uses. */
  readonly declared: readonly ShownGrant[];
  readonly uses: readonly ShownUse[];
  readonly unresolved: readonly ShownUnresolved[];
}

export function explainPermission(subject: Subject, permission: Permission, name: string): PermissionAnswer {
  const { analysis } = subject;
  const uses = analysis.permissions.uses.map((use) => ({ use, needed: readPermission(use.permission) }));
  const shown = (use: PermissionUse) => shownUse(use, null);
  return {
    kind: "permission",
    permission: name,
    declared: grants(subject, (name) => {
      const other = readPermission(name);
      return covers(other, permission) || covers(permission, other);
    }),
    uses: uses.filter(({ needed }) => covers(permission, needed)).map(({ use }) => shown(use)),
    possible: uses
      .filter(({ needed }) => covers(needed, permission) && !covers(permission, needed))
      .map(({ use }) => shown(use)),
    unresolved: analysis.permissions.unresolved.map(shownUnresolved),
  };
}

export function explainNode(subject: Subject, node: AnalyzedNode): NodeAnswer {
  const { permissions } = subject.analysis;
  const uses = permissions.uses.filter((use) => use.paths.some((path) => path.node === node.name));
  return {
    kind: "node",
    name: node.name,
    class: node.class,
    source: node.source,
    permissions: node.permissions,
    declared: grants(subject, (name) => uses.some((use) => use.grantedBy.includes(name))),
    uses: uses.map((use) => shownUse(use, node.name)),
    unresolved: permissions.unresolved.map(shownUnresolved),
  };
}

function grants({ analysis, declared }: Subject, isMeant: (name: string) => boolean): readonly ShownGrant[] {
  return [...declared].flatMap(([permission, span]) =>
    isMeant(permission) ? [{ permission, file: analysis.pluginFile, span }] : [],
  );
}

/** The path from `node`, or where that is null the shortest of all. */
function shownUse(use: PermissionUse, node: string | null): ShownUse {
  const paths = use.paths.filter((path) => node === null || path.node === node);
  const [first] = [...paths].sort((a, b) => a.steps.length - b.steps.length);
  return {
    permission: use.permission,
    sink: use.sink,
    file: use.file,
    span: use.span,
    grantedBy: use.grantedBy,
    node: first?.node ?? null,
    path: first?.steps ?? [],
    otherNodes: use.paths.map((path) => path.node).filter((name) => name !== first?.node),
  };
}

function shownUnresolved({ file, span, code, reason, waiver }: UnresolvedPlace): ShownUnresolved {
  return { file, span, code, reason, waiver };
}

/** The answer with paths as seen from `base`, for tools. */
export function answerJson(answer: PermissionAnswer | NodeAnswer, root: string, base: string): object {
  const place = ({ file, span }: Place) => ({ file: shortPath(base, join(root, file)), span });
  const use = (each: ShownUse) => ({
    ...each,
    ...place(each),
    path: each.path.map((step) => ({ name: step.name, ...place(step) })),
  });
  const unresolved = answer.unresolved.map((each) => ({ ...each, ...place(each) }));
  const declared = answer.declared.map((entry) => ({ ...entry, ...place(entry) }));
  const uses = answer.uses.map(use);
  return answer.kind === "node"
    ? { ...answer, source: place(answer.source), declared, uses, unresolved }
    : { ...answer, declared, uses, possible: answer.possible.map(use), unresolved };
}

/** The answer for people. */
export function answerText(
  answer: PermissionAnswer | NodeAnswer,
  { analysis }: Subject,
  base: string,
  terminal: Terminal,
): string {
  const paint = paintFor(terminal);
  const place = (at: Place) => placeText(at, analysis.root, base);
  const plugin = visible(analysis.name ?? shortPath(base, analysis.root));
  const list = (uses: readonly ShownUse[]) =>
    uses.flatMap((use) => ["", ...useLines(use, answer.declared, place, terminal)]);
  const unresolved = unresolvedLines(answer.unresolved, place);
  const tail = unresolved.length === 0 ? [] : ["", ...unresolved];
  if (answer.kind === "node") {
    const set = answer.permissions.length === 0 ? "nothing outside itself" : answer.permissions.join(", ");
    return [
      `${paint.bold(`node ${visible(answer.name)}`)} of ${plugin}  ${visible(answer.class)} (${place(answer.source)})`,
      `reaches   ${visible(set)}`,
      ...list(answer.uses),
      ...tail,
    ].join("\n");
  }
  const { declared, uses, possible } = answer;
  const nodes = [...new Set(uses.flatMap((use) => (use.node === null ? [] : [use.node, ...use.otherNodes])))];
  const places = declared.map((entry) => grantText(entry, place));
  return [
    `${paint.bold(visible(answer.permission))} in ${plugin}`,
    `declared  ${places.length === 0 ? "no" : places.join(", ")}`,
    `used by   ${nodes.length === 0 ? "nothing" : `${nodes.sort().map(visible).join(", ")} (${count(uses.length, "use")})`}`,
    ...list(uses),
    ...(possible.length === 0
      ? []
      : ["", "may also be reached where the code asks for more:", ...list(possible)]),
    ...tail,
  ].join("\n");
}

function useLines(
  use: ShownUse,
  declared: readonly ShownGrant[],
  place: (at: Place) => string,
  terminal: Terminal,
): readonly string[] {
  const paint = paintFor(terminal);
  const granting = declared.filter((entry) => use.grantedBy.includes(entry.permission));
  const grant =
    granting.length === 0
      ? `not declared: add \`- ${visible(use.permission)}\` under \`permissions\``
      : `granted by ${granting.map((entry) => grantText(entry, place)).join(", ")}`;
  const others = use.otherNodes.length;
  return [
    `${paint.help(visible(use.permission))}  ${visible(use.sink)}  ${place(use)}`,
    ...callPath(use.path, place, terminal.width - 2).map((line) => `  ${line}`),
    ...(others === 0
      ? []
      : [`  and from ${count(others, "other node")}: ${visible(use.otherNodes.join(", "))}`]),
    `  ${paint.dim(grant)}`,
  ];
}

function grantText(entry: ShownGrant, place: (at: Place) => string): string {
  return `${visible(entry.permission)} (${place(entry)})`;
}

/** What no permission stands for: each with its waiver, or that it has none. */
export function unresolvedLines(
  unresolved: readonly ShownUnresolved[],
  place: (at: Place) => string,
): readonly string[] {
  if (unresolved.length === 0) return [];
  const waived = unresolved.filter((use) => use.waiver !== null).length;
  return [
    `${count(unresolved.length, "use")} in the plugin cannot be proven (${waived} waived):`,
    ...unresolved.flatMap((use) => [
      `  ${use.code}  ${place(use)}  ${visible(use.reason)}`,
      `    ${use.waiver === null ? "not waived" : `waived: ${visible(use.waiver)}`}`,
    ]),
  ];
}
