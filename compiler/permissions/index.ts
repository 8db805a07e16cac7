import type { WaysTo } from "../bundle/imports.ts";
import type { Dependency, PackageInfo } from "../bundle/packages.ts";
import { diagnostic } from "../diagnostics/codes.ts";
import type { Diagnostic, Place, Position, Span } from "../diagnostics/types.ts";
import { toText } from "../text.ts";
import type { AnalyzedPermissions } from "../types.ts";
import { buildCallGraph, type Unit } from "./calls.ts";
import { comparePermissions } from "./compare.ts";
import { type Capability, type Findings, findCapabilities, type Unresolved } from "./find.ts";
import { findHelpers } from "./helpers.ts";
import { type Origins, readOrigins } from "./origin.ts";
import { findInPackages } from "./packages.ts";
import { findReach, stepsOf } from "./paths.ts";
import { formatPermission, type Permission } from "./permission.ts";
import { type Program, parseBundle } from "./program.ts";
import { readWaivers } from "./waivers.ts";

export interface PermissionInput {
  /** Text of the bundle that ships: an ES module as esbuild writes it, not minified. */
  readonly bundle: string;
  /** Its source map as JSON; sources relative to the plugin's root. */
  readonly map: string;
  /** Every source file that went into the bundle, packages included. */
  readonly files: readonly string[];
  /** Text of a source, for spans; null where it is not at hand. */
  readonly sourceText: (file: string) => string | null;
  readonly pluginFile: string;
  /** Name under which the bundle exports the plugin's class. */
  readonly pluginExport: string;
  /** The nodes, each with the place of its class's name in the source. */
  readonly nodes: readonly PermissionNode[];
  readonly declared: readonly { readonly permission: Permission; readonly span: Span | null }[];
  /** Of the key `permissions` in plugin.yaml. */
  readonly permissionsSpan: Span | null;
  readonly packageOf: (file: string) => PackageInfo | null;
  /** How a package's file came into the bundle. */
  readonly waysTo: WaysTo;
  readonly dependencies: readonly Dependency[];
  /** What those bring with them and what runs scripts when it is installed. */
  readonly below: readonly Dependency[];
  /** For those who analyse again and again: where what was found in the bundle before is kept. */
  readonly memory?: { bundle: BundleFacts | null } | undefined;
}

export interface PermissionNode {
  readonly name: string;
  readonly class: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

export interface PermissionResult {
  readonly permissions: AnalyzedPermissions;
  /** Canonical permissions by node name, sorted; every node has an entry. */
  readonly byNode: ReadonlyMap<string, readonly string[]>;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * What the bundle can reach, per node and with call paths, compared with what plugin.yaml declares. Reports NX3001 to
 * NX3014, and NX6004. A bundle that is nested too deeply to be read ends in NX3003.
 */
export function findPermissions(input: PermissionInput): PermissionResult {
  try {
    return analyze(input);
  } catch (error) {
    if (!isOutOfStack(error)) throw error;
    const place = { file: input.pluginFile, span: input.permissionsSpan };
    const found = diagnostic("NX3003", place, {
      what: "the bundle",
      reason: "is nested too deeply to be read",
    });
    const declared = input.declared.map(({ permission }) => formatPermission(permission));
    return {
      permissions: {
        declared: [...new Set(declared)].sort(),
        used: [],
        unused: [],
        unresolved: [{ ...place, code: found.code, reason: found.message, waiver: null }],
        uses: [],
      },
      byNode: new Map(input.nodes.map(({ name }) => [name, []])),
      diagnostics: [found],
    };
  }
}

/** What a bundle's text says by itself, without the syntax tree that it was found in. */
export interface BundleFacts {
  readonly bundle: string;
  readonly pluginExport: string;
  readonly units: readonly Unit[];
  /** The plugin's class. */
  readonly plugin: Unit | null;
  readonly found: Findings;
}

function readBundle(bundle: string, pluginExport: string): BundleFacts {
  const program = parseBundle(bundle);
  const helpers = findHelpers(program);
  const graph = buildCallGraph(program, helpers);
  const found = findCapabilities(program, helpers, graph);
  const plugin = pluginUnit(program, graph.unitOfVariable, pluginExport);
  return { bundle, pluginExport, units: graph.units, plugin, found };
}

/** Where edits change types, comments or plugin.yaml only, the bundle is the one of the analysis before. */
function recallBundle({ bundle, pluginExport, memory }: PermissionInput): BundleFacts {
  const last = memory?.bundle ?? null;
  if (last !== null && last.bundle === bundle && last.pluginExport === pluginExport) return last;
  const facts = readBundle(bundle, pluginExport);
  if (memory !== undefined) memory.bundle = facts;
  return facts;
}

function analyze(input: PermissionInput): PermissionResult {
  const { units, plugin, found } = recallBundle(input);
  const origins = readOrigins(input.bundle, input.map, input.sourceText);
  const classes = units.filter(({ kind }) => kind === "class");
  const classOf = classFinder(classes, origins);
  const roots = input.nodes.map((node) => ({ name: node.name, unit: classOf(node) }));
  const reach = findReach(units, roots, plugin);
  const placeOf = (found: Capability | Unresolved): Place =>
    origins.placeOf(found.start, found.last) ?? { file: input.pluginFile, span: input.permissionsSpan };
  const isInPackage = (each: Unresolved): boolean => input.packageOf(placeOf(each).file) !== null;
  // In the plugin's own code what cannot work is a mistake; in a package it is for another platform.
  const isForeign = (each: Unresolved): boolean => each.inert !== undefined && isInPackage(each);
  // A package brings more than a plugin uses; what an author writes is taken to be meant.
  const isIdle = found.unresolved.every((each) => isForeign(each) || (each.isIdle && isInPackage(each)));
  const foreign = found.unresolved.filter(isForeign);
  const instead = foreign.flatMap(({ unit, start, last, sink, instead = [] }) =>
    instead.map((need) => ({ unit, start, last, sink, ...need, unknown: "what a later Node keeps there" })),
  );
  const findings: Findings = {
    capabilities: [...found.capabilities, ...instead],
    unresolved: isIdle ? [] : found.unresolved.filter((each) => !isForeign(each)),
  };
  const failing = foreign.flatMap((each) =>
    each.code === "NX3006" ? [diagnostic("NX6004", placeOf(each), each.args)] : [],
  );
  const own = input.files.filter((file) => input.packageOf(file) === null);
  const compared = comparePermissions({
    findings,
    waysTo: input.waysTo,
    packages: findInPackages(input.files, input.packageOf, input.waysTo, input.dependencies, input.below),
    waivers: own.flatMap((file) => readWaivers(file, toText(input.sourceText(file) ?? ""))),
    declared: input.declared,
    pluginFile: input.pluginFile,
    permissionsSpan: input.permissionsSpan,
    placeOf,
    pathsOf: (found) => {
      const paths = input.nodes.flatMap((node) => {
        const path = reach(node.name, found.unit);
        return path === null ? [] : [[node.name, stepsOf(path, origins)] as const];
      });
      return new Map(paths);
    },
    packageOf: input.packageOf,
  });
  return {
    ...compared,
    diagnostics: [...compared.diagnostics, ...failing],
    byNode: new Map(input.nodes.map(({ name }) => [name, compared.byNode.get(name) ?? []])),
  };
}

/** acorn turns the engine's RangeError into a SyntaxError of its own. */
function isOutOfStack(error: unknown): boolean {
  return (
    error instanceof RangeError ||
    (error instanceof SyntaxError && error.message.startsWith("Not enough stack space"))
  );
}

/** Finds the class that was written at a node's place; null when the bundle has none at its top. */
function classFinder(classes: readonly Unit[], origins: Origins): (node: PermissionNode) => Unit | null {
  const byFile = new Map<string, { readonly unit: Unit; readonly start: Position | undefined }[]>();
  for (const unit of classes) {
    const place = origins.placeOf(unit.at, unit.at);
    if (place === null) continue;
    const inFile = byFile.get(place.file) ?? [];
    inFile.push({ unit, start: place.span?.start });
    byFile.set(place.file, inFile);
  }
  return (node) => {
    const inFile = byFile.get(node.file) ?? [];
    const sameName = inFile.filter(({ unit }) => (origins.nameAt(unit.at) ?? unit.name) === node.class);
    const exact = inFile.find(({ start }) => start?.line === node.line && start.column === node.column);
    return (exact ?? (sameName.length === 1 ? sameName[0] : undefined))?.unit ?? null;
  };
}

function pluginUnit(
  program: Program,
  unitOfVariable: (variable: NonNullable<ReturnType<Program["variableOf"]>>) => Unit | null,
  exportName: string,
): Unit | null {
  for (const statement of program.tree.body) {
    if (statement.type !== "ExportNamedDeclaration") continue;
    for (const { local, exported } of statement.specifiers) {
      const name = exported.type === "Identifier" ? exported.name : exported.value;
      if (name !== exportName || local.type !== "Identifier") continue;
      const variable = program.variableOf(local);
      if (variable !== null) return unitOfVariable(variable);
    }
  }
  return null;
}
