import type { Node } from "estree";
import type { CallGraph } from "./calls.ts";
import { type Assumed, findConditions, noGlobal } from "./conditions.ts";
import { createFolder } from "./fold.ts";
import { createFollower } from "./follow.ts";
import type { Helpers } from "./helpers.ts";
import { namespaces } from "./language.ts";
import { broad } from "./permission.ts";
import { type Program, startOf } from "./program.ts";
import { isReplacedInNode } from "./replaced.ts";
import { both, createReporter, type Findings, type Mention } from "./report.ts";
import { sweep } from "./sweep.ts";
import { type Api, globalApi, memberOf, missingRequireApi, moduleApi, requireApi } from "./table.ts";

export type { Capability, Findings, Unresolved } from "./report.ts";

/**
 * Every capability in the bundle. It starts at each mention of a global, a built-in module, `import()`, `require` and
 * `constructor`, and follows the value as long as it is plain to see: through members with constant names, through
 * variables and destructuring, through `await`, `||` and `?:`. Where it stops being plain, the mention is a use of all
 * that the value reaches. So following only narrows a finding; nothing is lost by stopping.
 */
export function findCapabilities(program: Program, helpers: Helpers, graph: CallGraph): Findings {
  // Code for other platforms is dead, and functions of the language do what they say, as long as nothing that is alive
  // changes them. What does not hold is no longer assumed; each time round that is one thing less.
  for (let assumed: Assumed = { platform: true, language: true }; ; ) {
    const { findings, holding } = findWith(program, helpers, graph, assumed);
    if (holding.platform === assumed.platform && holding.language === assumed.language) return findings;
    assumed = holding;
  }
}

/** `holding` is what was assumed, without what the bundle may change. */
function findWith(
  program: Program,
  helpers: Helpers,
  graph: CallGraph,
  assumed: Assumed,
): { readonly findings: Findings; readonly holding: Assumed } {
  const fold = createFolder(program);
  const report = createReporter(graph, fold, program);
  const { use, need, refuse } = report;
  const conditions = findConditions(program, fold, assumed);
  const follower = createFollower(program, helpers, fold, conditions, report);

  const startAt = (node: Node, api: Api): Mention => ({
    api,
    node,
    start: startOf(node),
    last: startOf(node),
  });

  // Static imports and re-exports; everything else that esbuild left is a name that it could not bundle.
  for (const statement of program.tree.body) {
    if (
      statement.type !== "ImportDeclaration" &&
      statement.type !== "ExportAllDeclaration" &&
      statement.type !== "ExportNamedDeclaration"
    ) {
      continue;
    }
    const source = statement.source;
    if (source === null || source === undefined) continue;
    const api = moduleApi(String(source.value));
    const whole = startAt(source, api ?? requireApi);
    if (api === null) refuse("NX3006", whole, { form: `import "${source.value}"` });
    else if (statement.type === "ExportAllDeclaration") use(whole, null);
    else if (statement.type === "ExportNamedDeclaration") {
      for (const { local } of statement.specifiers)
        use(startAt(local, memberOf(api, exportName(local))), null);
    } else if (statement.specifiers.length === 0) use(whole, null);
    else {
      for (const specifier of statement.specifiers) {
        const variable = program.declaredBy.get(specifier.local);
        const imported =
          specifier.type === "ImportSpecifier" ? memberOf(api, exportName(specifier.imported)) : api;
        if (variable !== undefined) follower.follow(variable, startAt(specifier.local, imported));
      }
    }
  }
  for (const node of program.special) {
    if (conditions.isDead(node)) continue;
    if (node.type === "ImportExpression") follower.importModule(node.source, node, startAt(node, requireApi));
    if (node.type === "MetaProperty" && node.meta.name === "import") importMeta(node);
  }
  for (const reference of program.references) {
    const node = reference.identifier as Node;
    if (reference.resolved === null && node.type === "Identifier") {
      if (reference.isWrite() && !conditions.isDead(node)) report.change(node.name);
      if (!reference.isRead()) report.define(globalApi(node.name));
      else if (!helpers.isOwn(node)) follower.add(startAt(node, globalApi(node.name)));
    }
  }
  if (helpers.require !== null) {
    follower.follow(helpers.require, startAt(helpers.require.identifiers[0] as Node, missingRequireApi));
  }
  follower.drain();
  sweep(program, fold, conditions, follower, report);
  follower.drain();
  const relied = conditions.reliedOn();
  const names = [...report.changed()];
  return {
    findings: report.findings(),
    holding: {
      platform:
        assumed.platform &&
        (relied.size === 0 ||
          !(
            names.some((name) => name === null || relied.has(name)) ||
            // What all objects inherit is there as a global.
            isReplacedInNode(program, ...[...relied].filter((name) => noGlobal.has(name)))
          )),
      language: assumed.language && !names.some((name) => namespaces.has(name ?? "")),
    },
  };

  /** `import.meta.resolve` looks into folders; the rest are names. */
  function importMeta(node: Node): void {
    const parent = program.parents.get(node);
    const key = parent?.type === "MemberExpression" && parent.object === node ? fold.key(parent) : null;
    if (key !== "resolve" || parent?.type !== "MemberExpression") return;
    const mention = { ...startAt(node, requireApi), last: startOf(parent.property) };
    need(mention, "import.meta.resolve", [both(broad("fs:read"))], null);
  }
}

function exportName(node: Node): string {
  return node.type === "Identifier" ? node.name : node.type === "Literal" ? String(node.value) : "";
}
