import type { ImportWay, WaysTo } from "../bundle/imports.ts";
import type { PackageId } from "../bundle/packages.ts";
import { diagnostic, type Extra } from "../diagnostics/codes.ts";
import type { CallStep, Diagnostic, Place, Span } from "../diagnostics/types.ts";
import type { AnalyzedPermissions, UnresolvedPlace } from "../types.ts";
import { findBroad } from "./broad.ts";
import type { Capability, Findings, Unresolved } from "./find.ts";
import { type PackageFinding, wayNote } from "./packages.ts";
import { covers, formatPermission, type Permission } from "./permission.ts";
import { listUses } from "./uses.ts";
import { findWaiver, type Waiver } from "./waivers.ts";

export interface Comparison {
  readonly findings: Findings;
  readonly declared: readonly { readonly permission: Permission; readonly span: Span | null }[];
  readonly pluginFile: string;
  readonly permissionsSpan: Span | null;
  readonly placeOf: (found: Capability | Unresolved) => Place;
  /** How each node reaches it; nodes in the plugin's order, at least one. */
  readonly pathsOf: (found: Capability | Unresolved) => ReadonlyMap<string, readonly CallStep[]>;
  readonly packageOf: (file: string) => PackageId | null;
  readonly waysTo: WaysTo;
  readonly waivers: readonly Waiver[];
  /** Findings about packages as such. */
  readonly packages: readonly PackageFinding[];
}

export interface Compared {
  readonly permissions: AnalyzedPermissions;
  readonly byNode: ReadonlyMap<string, readonly string[]>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Observed capabilities against declared permissions. Reports NX3001 to NX3012, one for each token and permission. */
export function comparePermissions(input: Comparison): Compared {
  const { findings, declared } = input;
  const diagnostics = new Map<string, Diagnostic>();
  const used = new Map<string, Map<string, readonly CallStep[]>>();

  const extra = (found: Capability | Unresolved, place: Place): Extra => {
    const path = shortest([...input.pathsOf(found).values()]);
    const inside = input.packageOf(place.file);
    const entry = inside === null ? undefined : lastOwn(path, input.packageOf);
    return {
      callPath: [...path, { name: found.sink, ...place }],
      note: inside === null ? null : packageNote(inside, input.waysTo(place.file)[0]),
      related:
        entry === undefined ? [] : [{ file: entry.file, span: entry.span, message: "reached from here" }],
    };
  };
  const add = (found: Diagnostic, key: string): void => {
    const id = `${found.code} ${found.file} ${found.span?.start.offset} ${found.span?.end.offset} ${key}`;
    if (!diagnostics.has(id)) diagnostics.set(id, found);
  };

  for (const found of findings.capabilities) {
    const permission = formatPermission(found.permission);
    const place = input.placeOf(found);
    const nodes = used.get(permission) ?? new Map<string, readonly CallStep[]>();
    used.set(permission, nodes);
    for (const [node, path] of input.pathsOf(found)) {
      const known = nodes.get(node);
      const whole = [...path, { name: found.sink, ...place }];
      if (known === undefined || whole.length < known.length) nodes.set(node, whole);
    }
    if (declared.some((entry) => covers(entry.permission, found.exact))) continue;
    const more = extra(found, place);
    add(
      found.unknown === null
        ? diagnostic("NX3001", place, { sink: found.sink, permission }, more)
        : diagnostic("NX3005", place, { sink: found.sink, broad: permission, what: found.unknown }, more),
      permission,
    );
  }
  const unresolved: UnresolvedPlace[] = [];
  const waiving = new Set<Waiver>();
  const refuse = (made: Diagnostic, places: readonly Place[]): void => {
    const waiver = findWaiver(input.waivers, places);
    const reason = made.message.replace(/^cannot be proven: /, "");
    if (waiver !== null) waiving.add(waiver);
    const entry = {
      code: made.code,
      file: made.file,
      span: made.span,
      reason,
      waiver: waiver?.reason ?? null,
    };
    unresolved.push(entry);
    if (entry.waiver === null) return add(made, made.message);
    const { file, span, callPath, related, note } = made;
    const waived = { what: reason, reason: entry.waiver };
    add(diagnostic("NX3012", { file, span }, waived, { callPath, related, note }), made.message);
  };
  for (const found of findings.unresolved) {
    const place = input.placeOf(found);
    const ways = input.packageOf(place.file) === null ? [] : input.waysTo(place.file);
    refuse(unresolvedDiagnostic(found, place, extra(found, place)), [place, ...ways.map((way) => way.place)]);
  }
  for (const found of input.packages) {
    if (found.diagnostic.severity === "error") refuse(found.diagnostic, found.places);
    else add(found.diagnostic, found.diagnostic.message);
  }
  for (const waiver of input.waivers) {
    if (waiver.reason === null) add(diagnostic("NX3010", waiver, {}), "");
    else if (!waiving.has(waiver)) add(diagnostic("NX3011", waiver, {}), "");
  }

  const unused = declared.filter(
    ({ permission }) => !findings.capabilities.some((f) => mayUse(permission, f)),
  );
  // What could not be proven may use anything, and is an error anyway.
  if (findings.unresolved.length === 0) {
    for (const { permission, span } of unused) {
      const place = { file: input.pluginFile, span: span ?? input.permissionsSpan };
      add(
        diagnostic("NX3002", place, { permission: formatPermission(permission) }),
        formatPermission(permission),
      );
    }
  }

  for (const found of findBroad(input)) add(found, found.message);

  const byNode = new Map<string, string[]>();
  for (const permission of [...used.keys()].sort()) {
    for (const node of used.get(permission)?.keys() ?? [])
      byNode.set(node, [...(byNode.get(node) ?? []), permission]);
  }
  return {
    permissions: {
      declared: [...new Set(declared.map(({ permission }) => formatPermission(permission)))].sort(),
      used: [...used.keys()].sort().map((permission) => {
        const nodes = used.get(permission) ?? new Map<string, readonly CallStep[]>();
        const names = [...nodes.keys()].sort();
        return {
          permission,
          nodes: names,
          paths: names.map((name) =>
            (nodes.get(name) ?? []).map((step) => ({
              name: step.name,
              file: step.file,
              line: step.span?.start.line ?? 1,
              column: step.span?.start.column ?? 1,
            })),
          ),
        };
      }),
      unused: [...new Set(unused.map(({ permission }) => formatPermission(permission)))].sort(),
      unresolved: distinct(unresolved),
      uses: listUses(input),
    },
    byNode,
    diagnostics: [...diagnostics.values()],
  };
}

function packageNote(owner: PackageId, way: ImportWay | undefined): string {
  const rest = wayNote(way);
  return `in package ${owner.name} ${owner.version}${rest === null ? "" : `, ${rest}`}`;
}

/** One token may be found on several paths. */
function distinct(entries: readonly UnresolvedPlace[]): readonly UnresolvedPlace[] {
  const seen = new Set<string>();
  return entries.filter((entry) => {
    const id = `${entry.code} ${entry.file} ${entry.span?.start.offset} ${entry.reason}`;
    return !seen.has(id) && seen.add(id);
  });
}

/** Where the resource is not known, every permission of that kind may be the one that is needed. */
function mayUse(declared: Permission, found: Capability): boolean {
  return covers(declared, found.exact) || (found.unknown !== null && declared.kind === found.permission.kind);
}

function unresolvedDiagnostic(found: Unresolved, place: Place, extra: Extra): Diagnostic {
  switch (found.code) {
    case "NX3003":
      return diagnostic("NX3003", place, found.args, extra);
    case "NX3004":
      return diagnostic("NX3004", place, found.args, extra);
    case "NX3006":
      return diagnostic("NX3006", place, found.args, extra);
    case "NX3007":
      return diagnostic("NX3007", place, found.args, extra);
    case "NX3008":
      return diagnostic("NX3008", place, found.args, extra);
  }
}

function shortest(paths: readonly (readonly CallStep[])[]): readonly CallStep[] {
  const isImport = (path: readonly CallStep[]): number => (path[0]?.name === "at import time" ? 1 : 0);
  return [...paths].sort((a, b) => isImport(a) - isImport(b) || a.length - b.length)[0] ?? [];
}

/** The last step in the plugin's own files: from there it goes into a package. */
function lastOwn(path: readonly CallStep[], packageOf: Comparison["packageOf"]): CallStep | undefined {
  return path.findLast((step) => packageOf(step.file) === null);
}
