import { readFileSync } from "node:fs";
import { describeNodes, permissionsOf } from "./analyze.ts";
import { findEntrypoint } from "./extract/entrypoint.ts";
import { listNodes } from "./extract/nodes.ts";
import { loadConfig } from "./load/config.ts";
import { completeTypes } from "./load/node-types.ts";
import { loadProject, ownSourceFiles, typescriptErrors } from "./load/project.ts";
import { readPluginFile } from "./load/read.ts";
import { writtenTexts } from "./load/texts.ts";
import { findFaults } from "./signatures/validators.ts";
import { toText } from "./text.ts";

/**
 * Does with the plugin in `root`, a real path, what an analysis does in this process, for its lasting effects only: the
 * declarations that all plugins share are parsed and bound, and the code that does it is compiled. `bundle` is a file
 * with its bundle, whose map lies beside it. Throws where that is not the plugin it takes.
 */
export async function warmUp(root: string, bundle: string): Promise<void> {
  const ignore = (): void => {};
  const file = await readPluginFile(root);
  const { config } = loadConfig(file.name, toText(file.text ?? ""));
  if (config === null || config.entrypoint === null) throw new Error(`no plugin to warm up with in ${root}`);
  const project = loadProject(root);
  const entrypoint = findEntrypoint(project.project, root, { ...config.entrypoint, file: file.name }, ignore);
  if (entrypoint === null) throw new Error(`no entrypoint to warm up with in ${root}`);
  completeTypes(project, root);
  const listed = listNodes(entrypoint.plugin, root, ignore);
  const nodes = describeNodes(listed, project, config.timeoutMs, root, new Set(), ignore);
  findFaults(nodes);
  const errors = typescriptErrors(project, root, ownSourceFiles(project.project, root));
  if (errors.length > 0) throw new Error(`errors to warm up with in ${root}: ${errors[0]?.message}`);
  const made = { text: readFileSync(bundle, "utf8"), map: readFileSync(`${bundle}.map`, "utf8") };
  const ways = { sources: [], waysTo: () => [] };
  permissionsOf(
    { ...made, ...ways },
    config,
    nodes,
    entrypoint.exportName,
    file.name,
    root,
    () => null,
    writtenTexts,
    undefined,
  );
}
