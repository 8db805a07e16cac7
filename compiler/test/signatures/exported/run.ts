/**
 * Every type that well-known packages export, as a parameter: a schema that agrees with TypeScript, or a diagnostic.
 *
 *   node compiler/test/signatures/exported/run.ts [--only openai,stripe] [--each 1000000] [--values 8] [--seed 1] [--show 20]
 *
 * Exit code 1 when a schema differs from TypeScript, or noxus hangs or crashes.
 */
import { parseArgs } from "node:util";
import { seeded } from "../../adversary/random.ts";
import { installPackages } from "../../packages/harness.ts";
import { openWorkspace } from "../subject.ts";
import { type Checked, checkTypes, formatRow, formatTable, modules, typeRoots } from "./check.ts";
import { type ExportedType, exportedTypes, packages } from "./exports.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    each: { type: "string", default: "1000000" },
    values: { type: "string", default: "8" },
    seed: { type: "string", default: "1" },
    show: { type: "string", default: "20" },
  },
});
/** Types in one thread. */
const batch = 300;

installPackages();
const workspace = openWorkspace(modules);
const checked: Checked[] = [];
try {
  for (const name of values.only?.split(",") ?? packages) {
    const random = seeded(Number(values.seed));
    const all = [...exportedTypes(workspace.root, [name], typeRoots)];
    const chosen: ExportedType[] = [];
    while (all.length > 0 && chosen.length < Number(values.each))
      chosen.push(...all.splice(random.below(all.length), 1));
    const own: Checked[] = [];
    for (let at = 0; at < chosen.length; at += batch)
      own.push(
        ...(await checkTypes(chosen.slice(at, at + batch), Number(values.seed), Number(values.values))),
      );
    console.log(formatRow(name, own));
    checked.push(...own);
  }
} finally {
  workspace.remove();
}
const wrong = checked.filter(({ kind }) => kind === "differs" || kind === "hangs" || kind === "crashes");
for (const { type, kind, detail } of wrong.slice(0, Number(values.show)))
  console.log(`${type.package} ${type.text}\n  ${kind}: ${detail.slice(0, 1500)}`);
console.log(formatTable(checked));
process.exitCode = wrong.length > 0 ? 1 : 0;
