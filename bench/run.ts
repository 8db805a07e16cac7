/**
 * `make bench`: what noxus costs, as ratios of whole processes run in turns (A B C A B C ...), so that a noisy machine
 * bends all alike. The ratio of CPU time is the figure to trust. Nothing here is a test.
 *
 *   node bench/run.ts [--rounds 9]
 */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "../scaffold/create.ts";
import { root } from "../scripts/noxus.ts";
import { missing } from "../test/image/tools.ts";
import { benchPermissions } from "./permissions.ts";
import { type Command, measure, table } from "./processes.ts";
import { benchServer } from "./server.ts";
import { benchSignatures } from "./signatures.ts";
import { benchSdk, benchValidate } from "./validate.ts";

const at = process.argv.indexOf("--rounds");
const rounds = at === -1 ? 9 : Number(process.argv[at + 1]);
if (missing("wrk").length > 0) {
  console.log("not on this machine: wrk, a Debian package");
  process.exit(4);
}
const folder = mkdtempSync(join(tmpdir(), "noxus-bench-"));

try {
  const noxus = installDist();
  const small = join(folder, "small");
  await create({
    name: "small",
    folder: small,
    template: join(root, "scaffold", "templates", "basic"),
    version: "0.1.0",
  });
  const commands: readonly Command[] = [
    { name: "node -e 0", args: ["-e", "0"], cwd: small },
    { name: "noxus --help", args: [noxus, "--help"], cwd: small },
    { name: "noxus --version", args: [noxus, "--version"], cwd: small },
    { name: "noxus schema", args: [noxus, "schema"], cwd: small },
    { name: "noxus explain NX1004", args: [noxus, "explain", "NX1004"], cwd: small },
    { name: "noxus build, new plugin", args: [noxus, "build"], cwd: small },
  ];
  table("Command line, whole processes", commands, measure(commands, rounds));
  await benchValidate(rounds, noxus, folder);
  await benchSdk(rounds, noxus, folder);
  await benchServer(rounds);
  await benchPermissions(rounds);
  await benchSignatures(rounds);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The package's files without the sources beside them, so that the installed form is measured. */
function installDist(): string {
  const place = join(folder, "package");
  for (const name of [
    "bin",
    "dist",
    "package.json",
    "compiler/load/plugin.schema.json",
    "compiler/diagnostics/pages",
    "runtime/sdk",
    "scaffold/templates",
  ])
    cpSync(join(root, name), join(place, name), { recursive: true });
  cpSync(join(root, "node_modules"), join(place, "node_modules"), {
    recursive: true,
    filter: (path) => !/node_modules\/(node|\.bin)($|\/)/.test(path),
  });
  return join(place, "bin", "noxus.cjs");
}
