import { join } from "node:path";
import {
  checkSource,
  installPackages,
  openWorkspace,
  packagesFolder,
} from "../compiler/test/packages/harness.ts";
import { type PackageRow, rows } from "../compiler/test/packages/table.ts";
import { plugin } from "../compiler/test/permissions-setup.ts";
import { median } from "./figures.ts";

/** Plugins with large dependency trees; the first is the cloud SDK of a goal in the issues. */
const names = ["@aws-sdk/client-s3", "openai", "mathjs"];

interface Figures {
  readonly name: string;
  /** Of the bundle, MB. */
  size: number;
  /** Milliseconds. */
  readonly bundle: number[];
  readonly find: number[];
}

/**
 * Finding the permissions of a large dependency tree, as a ratio to esbuild bundling the same tree just before, in one
 * process. The first round, before anything is compiled to fast code, is what a command line sees.
 */
export async function benchPermissions(rounds: number): Promise<void> {
  installPackages();
  const workspace = openWorkspace(join(packagesFolder, "node_modules"));
  const figures = names.map((name): Figures => ({ name, size: 0, bundle: [], find: [] }));
  try {
    for (let round = 0; round < rounds; round++) {
      for (const one of figures) {
        const { imports, body } = rowOf(one.name);
        const { bundle, bundleMs, findMs } = await checkSource(workspace, "plugin.ts", plugin(imports, body));
        if (bundle === null) throw new Error(`${one.name} cannot be bundled`);
        one.size = bundle.text.length / 1e6;
        one.bundle.push(bundleMs);
        one.find.push(findMs);
      }
    }
  } finally {
    workspace.remove();
  }
  console.log(`\nPermissions of a dependency tree, ${rounds} rounds; no cache`);
  console.log(
    `${"".padEnd(30)}${["MB", "esbuild ms", "first ms", "median ms", "ratio"].map((text) => text.padStart(12)).join("")}`,
  );
  for (const { name, size, bundle, find } of figures) {
    const cells = [
      size.toFixed(2),
      median(bundle).toFixed(0),
      (find[0] ?? Number.NaN).toFixed(0),
      median(find).toFixed(0),
      median(find.map((ms, round) => ms / (bundle[round] ?? Number.NaN))).toFixed(1),
    ];
    console.log(name.padEnd(30) + cells.map((cell) => cell.padStart(12)).join(""));
  }
}

function rowOf(name: string): PackageRow {
  const row = rows.find((row) => row.name === name);
  if (row === undefined) throw new Error(`the table has no row ${name}`);
  return row;
}
