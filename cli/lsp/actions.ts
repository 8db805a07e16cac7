import { type CodeAction, CodeActionKind, type Range, type WorkspaceEdit } from "vscode-languageserver/node";
import { planFixes } from "../../compiler/diagnostics/fix.ts";
import type { Diagnostic } from "../../compiler/diagnostics/types.ts";
import { toText } from "../../compiler/text.ts";
import type { Analysis } from "../../compiler/types.ts";
import { toEditor } from "./diagnostics.ts";
import { pathOf, rangeOf, rangeOfEdit, replacement, touches } from "./places.ts";
import type { View } from "./view.ts";

/** The kind under which editors offer all repairs at once, on saving too. Never a grant. */
export const fixAllKind = `${CodeActionKind.SourceFixAll}.noxus`;

/**
 * Quick fixes for the findings in a range, and with no finding left out all repairs at once. What they do to
 * plugin.yaml is what `validate --fix` does, with `--grant` where a permission is declared: that is one action for one
 * permission, which a person chooses.
 */
export function codeActions(
  view: View,
  file: string,
  range: Range,
  only: readonly string[] | undefined,
): CodeAction[] {
  const { analysis } = view;
  const isWanted = (kind: string): boolean =>
    only?.some((asked) => kind === asked || kind.startsWith(`${asked}.`)) ?? true;
  const actions: CodeAction[] = [];
  if (isWanted(CodeActionKind.QuickFix)) {
    for (const found of analysis.diagnostics) {
      if (found.file === file && touches(rangeOf(found.span), range))
        actions.push(...quickFixes(view, found));
    }
  }
  // Editors ask for it by name; in a list of fixes for one place it would be in the way.
  if (only !== undefined && isWanted(fixAllKind)) {
    const edit = planned(view, analysis, false);
    if (edit !== null) actions.push({ title: "apply all safe fixes of noxus", kind: fixAllKind, edit });
  }
  return actions;
}

function quickFixes(view: View, found: Diagnostic): readonly CodeAction[] {
  const { analysis, uriOf } = view;
  const repair =
    repairs[found.code]?.(found) ?? (found.fix?.kind === "safe" ? { title: found.fix.title } : null);
  if (repair === null) return [];
  // The plan for an analysis that found only this.
  const { permissions } = analysis;
  const unused =
    found.code === "NX3002" ? permissions.unused.filter((name) => name === found.permission) : [];
  const only: Analysis = {
    ...analysis,
    diagnostics: [found],
    permissions: { ...permissions, unused },
  };
  const edit = planned(view, only, "isGrant" in repair);
  if (edit === null) return [];
  return [
    {
      title: repair.title,
      kind: CodeActionKind.QuickFix,
      diagnostics: [toEditor(found, analysis.root, uriOf)],
      edit,
      // A grant is never what an editor should choose by itself.
      ...("isGrant" in repair ? {} : { isPreferred: true }),
    },
  ];
}

interface Repair {
  readonly title: string;
  readonly isGrant?: true;
}

/** Findings about permissions and what is done about them. */
const repairs: Readonly<Record<string, (found: Diagnostic) => Repair>> = {
  NX3001: ({ permission }) => ({ title: `declare \`${permission}\` in plugin.yaml`, isGrant: true }),
  NX3005: ({ permission }) => ({
    title: `declare \`${permission}\`, all of it, in plugin.yaml`,
    isGrant: true,
  }),
  NX3002: ({ permission }) => ({ title: `remove \`${permission}\`, which nothing uses` }),
  NX3013: ({ permission }) => ({ title: `narrow \`${permission}\` to what is used` }),
};

/** What a plan changes in plugin.yaml, as one edit; null for nothing. */
function planned(view: View, analysis: Analysis, isGranting: boolean): WorkspaceEdit | null {
  const path = pathOf(analysis.root, { file: analysis.pluginFile });
  const before = view.read(path);
  if (before === null) return null;
  const { text: after } = planFixes(analysis, before, isGranting);
  if (after === before) return null;
  const change = replacement(before, after);
  return {
    changes: { [view.uriOf(path)]: [{ range: rangeOfEdit(toText(before), change), newText: change.text }] },
  };
}
