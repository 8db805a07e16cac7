import type { CodeLens } from "vscode-languageserver/node";
import { count } from "../text.ts";
import { rangeOf } from "./places.ts";
import { routeOf, type View } from "./view.ts";

/** Over every node's class its route and what it may reach; over the plugin class how many nodes it has. */
export function codeLenses({ analysis }: View, file: string): CodeLens[] {
  const lens = (span: Parameters<typeof rangeOf>[0], title: string): CodeLens => ({
    range: rangeOf(span),
    command: { title, command: "" },
  });
  const own = analysis.nodes.filter(({ source }) => source.file === file);
  const lenses = own.flatMap((node) => [
    lens(node.source.span, routeOf(node)),
    lens(node.source.span, node.permissions.length === 0 ? "no permissions" : node.permissions.join(", ")),
  ]);
  const { entrypoint } = analysis;
  if (entrypoint?.file === file)
    lenses.push(lens(entrypoint.span, `plugin ${analysis.name}: ${count(analysis.nodes.length, "node")}`));
  return lenses;
}
