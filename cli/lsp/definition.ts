import type { Location } from "vscode-languageserver/node";
import { readPermission } from "../../compiler/permissions/fit.ts";
import { covers } from "../../compiler/permissions/permission.ts";
import { holds } from "./places.ts";
import { readPluginYaml } from "./plugin-yaml.ts";
import { type Cursor, locationOf, textOf, type View } from "./view.ts";

/** From plugin.yaml into the code: `entrypoint` to its class, a permission to every use that it allows. */
export function definitions(view: View, cursor: Cursor): Location[] {
  const { analysis } = view;
  if (cursor.file !== analysis.pluginFile) return [];
  const { entrypoint, permissions } = readPluginYaml(analysis.pluginFile, textOf(view, cursor.file));
  if (entrypoint !== null && holds(entrypoint.span, cursor.offset))
    return analysis.entrypoint === null ? [] : [locationOf(view, analysis.entrypoint)];
  const declared = permissions.find(({ span }) => holds(span, cursor.offset));
  if (declared === undefined) return [];
  return analysis.permissions.uses
    .filter((use) => covers(declared.permission, readPermission(use.permission)))
    .map((use) => locationOf(view, use));
}
