import type { Hover } from "vscode-languageserver/node";
import { explainPage } from "../../compiler/diagnostics/page.ts";
import type { Span } from "../../compiler/diagnostics/types.ts";
import { readPermission } from "../../compiler/permissions/fit.ts";
import { covers, formatPermission, type Permission } from "../../compiler/permissions/permission.ts";
import { spanAt } from "../../compiler/text.ts";
import type { AnalyzedNode } from "../../compiler/types.ts";
import { inputsOf, typeText } from "../type-text.ts";
import { holds, rangeOf } from "./places.ts";
import { readPluginYaml } from "./plugin-yaml.ts";
import { describe, schemaAt } from "./schema.ts";
import { type Cursor, routeOf, textOf, type View } from "./view.ts";
import { placeIn } from "./yaml-path.ts";

interface Shown {
  readonly markdown: string;
  readonly span: Span | null;
}

/** All that is known about a place: what stands there, then the pages of the findings at it. */
export function hover(view: View, cursor: Cursor): Hover | null {
  const shown = [
    ...(cursor.file === view.analysis.pluginFile ? inPluginYaml(view, cursor) : inSource(view, cursor)),
    ...pages(view, cursor),
  ];
  const [first] = shown;
  if (first === undefined) return null;
  return {
    contents: { kind: "markdown", value: shown.map(({ markdown }) => markdown).join("\n\n---\n\n") },
    ...(first.span === null ? {} : { range: rangeOf(first.span) }),
  };
}

function pages({ analysis }: View, { file, offset }: Cursor): readonly Shown[] {
  const found = analysis.diagnostics.filter((entry) => entry.file === file && holds(entry.span, offset));
  const codes = new Map(found.map((entry) => [entry.code, entry.span]));
  return [...codes].flatMap(([code, span]) => {
    const markdown = explainPage(code);
    return markdown === null ? [] : [{ markdown: markdown.trim(), span }];
  });
}

function inPluginYaml(view: View, { file, offset }: Cursor): readonly Shown[] {
  const text = textOf(view, file);
  const place = placeIn(text.value, offset);
  const declared = readPluginYaml(file, text).permissions.find(({ span }) => holds(span, offset));
  if (declared !== undefined)
    return [{ markdown: permissionText(view, declared.permission), span: declared.span }];
  if (place === null) return [];
  const path = place.part === "key" ? [...place.path, place.text] : place.path;
  const key = path.findLast((step) => !/^\d+$/.test(step));
  const schema = schemaAt(path);
  if (key === undefined || schema === null) return [];
  return [{ markdown: describe(key, schema), span: spanAt(text, place.start, place.end) }];
}

/** What a permission allows, in words, and who makes use of it. */
function permissionText({ analysis }: View, permission: Permission): string {
  const name = formatPermission(permission);
  const uses = analysis.permissions.uses.filter((use) => covers(permission, readPermission(use.permission)));
  const lines = uses.slice(0, maxUses).map((use) => {
    const nodes = use.paths.map(({ node }) => node).join(", ");
    return `- \`${use.sink}\` at ${use.file}:${use.span?.start.line ?? 1}${nodes === "" ? "" : `, by ${nodes}`}`;
  });
  if (uses.length > maxUses) lines.push(`- and ${uses.length - maxUses} more`);
  const list = uses.length === 0 ? "Nothing uses it." : `Used by:\n${lines.join("\n")}`;
  return `\`${name}\`: ${allowed(permission)}\n\n${list}`;
}

const maxUses = 10;

function allowed(permission: Permission): string {
  switch (permission.kind) {
    case "network": {
      const { host, port } = permission;
      if (host === null) return "connections to any host.";
      const which = host.startsWith("*.") ? `every host below \`${host.slice(2)}\`` : `\`${host}\``;
      return `connections to ${which}${port === null ? "" : `, port ${port} only`}.`;
    }
    case "env": {
      const { name } = permission;
      if (name === null) return "reading every environment variable.";
      return name.endsWith("*")
        ? `reading environment variables that start with \`${name.slice(0, -1)}\`.`
        : `reading the environment variable \`${name}\`.`;
    }
    case "fs:read":
    case "fs:write": {
      const verb = permission.kind === "fs:read" ? "reading" : "writing";
      return permission.path === null
        ? `${verb} any file.`
        : `${verb} \`${permission.path}\` and everything below it.`;
    }
    case "exec":
      return permission.command === null ? "running any command." : `running \`${permission.command}\`.`;
  }
}

function inSource({ analysis }: View, { file, offset }: Cursor): readonly Shown[] {
  const nodes = analysis.nodes
    .filter(({ source }) => source.file === file && holds(source.span, offset))
    .map((node) => ({ markdown: nodeText(node), span: node.source.span }));
  const uses = analysis.permissions.uses
    .filter((use) => use.file === file && holds(use.span, offset))
    .map((use) => {
      const granted = use.grantedBy.map((name) => `\`${name}\``).join(", ");
      const declared = granted === "" ? "which plugin.yaml does not declare" : `declared by ${granted}`;
      return { markdown: `\`${use.sink}\` needs \`${use.permission}\`, ${declared}.`, span: use.span };
    });
  return [...nodes, ...uses];
}

/** A node as its callers see it. */
function nodeText(node: AnalyzedNode): string {
  const inputs = inputsOf(node.inputs, node.inputOrder).map(
    ({ name, type, isRequired, rules, description }) =>
      `- \`${name}${isRequired ? "" : "?"}: ${type}\`${rules.length === 0 ? "" : ` (${rules.join(", ")})`}${
        description === "" ? "" : `: ${description}`
      }`,
  );
  const parts = [
    `**${node.title}** \`${routeOf(node)}\``,
    node.description,
    inputs.length === 0 ? "No inputs." : `Inputs:\n${inputs.join("\n")}`,
    `Outputs: \`${typeText(node.outputs)}\``,
    node.permissions.length === 0
      ? "No permissions."
      : `Permissions: ${node.permissions.map((name) => `\`${name}\``).join(", ")}`,
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}
