import { loadConfig } from "../load/config.ts";
import { addPermission, applyEdits, removePermission, type TextEdit } from "../load/edit.ts";
import { broadPermissions, isCovered, missingPermissions, readPermission } from "../permissions/fit.ts";
import { formatPermission } from "../permissions/permission.ts";
import { toText } from "../text.ts";
import type { Analysis } from "../types.ts";
import type { Code } from "./codes.ts";
import type { CallStep, Span } from "./types.ts";

/** One change of plugin.yaml and why. */
export interface AppliedFix {
  readonly kind: "fixed" | "removed" | "narrowed" | "granted";
  readonly code: Code;
  /** Where it was before; for `granted`, where it is now. */
  readonly span: Span | null;
  /** The title of the edit, or the permission that was added or removed. */
  readonly what: string;
  /** Who needs a granted permission, by the shortest path of all; null for the other kinds. */
  readonly need: {
    readonly node: string;
    readonly steps: readonly CallStep[];
    readonly others: number;
  } | null;
}

export interface FixPlan {
  /** plugin.yaml as it would be. */
  readonly text: string;
  readonly applied: readonly AppliedFix[];
  /** Changes of permissions for which the layout of plugin.yaml has no place, such as an alias. */
  readonly refused: readonly string[];
}

/**
 * What `--fix` does to plugin.yaml, whose text is as it was when it was analysed: the safe edits of diagnostics, then
 * unused permissions out and broad ones narrowed where nothing is unresolved; with `isGranting` also the least set of
 * permissions that are missing. Nothing is granted for what cannot be proven. Every change is read back: where
 * plugin.yaml would not declare exactly what is meant, the change is refused.
 */
export function planFixes(analysis: Analysis, before: string, isGranting: boolean): FixPlan {
  const { permissions, pluginFile } = analysis;
  const applied: AppliedFix[] = [];
  const refused: string[] = [];
  let text = applySafeEdits(analysis, before, applied);
  const declared = (): Declared => readDeclared(pluginFile, text);

  /** Keeps the edits if plugin.yaml then declares `meant`. */
  const change = (edits: readonly TextEdit[] | null, meant: ReadonlySet<string>): boolean => {
    if (edits === null) return false;
    const next = applyEdits(text, edits);
    const now = readDeclared(pluginFile, next);
    const isMeant = now.spans.size === meant.size && [...meant].every((name) => now.spans.has(name));
    if (!isMeant || now.faults > declared().faults) return false;
    text = next;
    return true;
  };
  const add = (name: string): boolean =>
    change(addPermission(text, readPermission(name)), new Set([...declared().spans.keys(), name]));
  const remove = (name: string): boolean => {
    const { spans } = declared();
    for (let left = spans.get(name)?.length ?? 0; left > 0; left--) {
      const meant = new Set([...spans.keys()].filter((other) => left > 1 || other !== name));
      if (!change(removePermission(text, readPermission(name)), meant)) return false;
    }
    return true;
  };
  /** All of a change, or nothing of it. */
  const attempt = (act: () => boolean, fix: Omit<AppliedFix, "need">): void => {
    const saved = text;
    if (act()) applied.push({ ...fix, need: null });
    else {
      text = saved;
      refused.push(fix.what);
    }
  };

  // What comes in goes first: a list that runs empty in between would lose its layout.
  const granted = (isGranting ? missingPermissions(analysis) : []).filter(({ permission }) => {
    // A key that was misspelt until now may have brought it.
    if (isCovered(permission, declared().spans.keys())) return false;
    const isDone = add(permission);
    if (!isDone) refused.push(permission);
    return isDone;
  });
  if (permissions.unresolved.length === 0) {
    const original = readDeclared(pluginFile, before).spans;
    for (const { permission, narrow, found } of broadPermissions(analysis)) {
      const others = (): readonly string[] =>
        [...declared().spans.keys()].filter((name) => name !== permission);
      const addAll = (): boolean => narrow.every((name) => isCovered(name, others()) || add(name));
      const what = `${permission} -> ${narrow.join(", ")}`;
      // `network: true` has no room for anything beside it.
      const act = (): boolean => (addAll() && remove(permission)) || (remove(permission) && addAll());
      attempt(act, { kind: "narrowed", code: "NX3013", span: found.span, what });
    }
    for (const name of permissions.unused) {
      const span = original.get(name)?.[0] ?? null;
      attempt(() => remove(name), { kind: "removed", code: "NX3002", span, what: name });
    }
  }
  const { spans } = declared();
  for (const { permission, code } of granted) {
    const span = spans.get(permission)?.[0] ?? null;
    applied.push({ kind: "granted", code, span, what: permission, need: needOf(permission, analysis) });
  }
  return { text, applied, refused };
}

function applySafeEdits(analysis: Analysis, before: string, applied: AppliedFix[]): string {
  const edits: TextEdit[] = [];
  for (const { code, fix, span } of analysis.diagnostics) {
    if (fix?.kind !== "safe" || fix.edits.some((edit) => edit.file !== analysis.pluginFile)) continue;
    const isFree = fix.edits.every((edit) =>
      edits.every((other) => edit.end <= other.start || edit.start >= other.end),
    );
    if (!isFree) continue;
    edits.push(...fix.edits);
    applied.push({ kind: "fixed", code, span, what: fix.title, need: null });
  }
  return applyEdits(before, edits);
}

function needOf(permission: string, { permissions }: Analysis): AppliedFix["need"] {
  const paths = permissions.uses
    .filter((use) => isCovered(use.permission, [permission]))
    .flatMap((use) => use.paths);
  const [first] = [...paths].sort((a, b) => a.steps.length - b.steps.length);
  return first === undefined ? null : { ...first, others: paths.length - 1 };
}

interface Declared {
  /** Every mention of each permission. */
  readonly spans: ReadonlyMap<string, readonly (Span | null)[]>;
  /** How much is wrong with the file. */
  readonly faults: number;
}

function readDeclared(file: string, text: string): Declared {
  const { config, diagnostics } = loadConfig(file, toText(text));
  const spans = new Map<string, (Span | null)[]>();
  for (const { permission, span } of config?.permissions ?? []) {
    const name = formatPermission(permission);
    spans.set(name, [...(spans.get(name) ?? []), span]);
  }
  return { spans, faults: diagnostics.length };
}
