/** Compares one batch of exported types in a thread of its own, so that a hang or a crash can be cut off. */
import { parentPort, workerData } from "node:worker_threads";
import { seeded } from "../../adversary/random.ts";
import { type Case, compare } from "../compare.ts";
import { openWorkspace } from "../subject.ts";
import { type Batch, type Checked, verdictOf } from "./check.ts";

const { types, modules, typeRoots, seed, values } = workerData as Batch;
const workspace = openWorkspace(modules);
try {
  const cases = types.map((entry): Case => {
    const head = `import type * as module from ${JSON.stringify(entry.package)};`;
    return {
      subject: { files: {}, declarations: head, parameters: `value: ${entry.text}` },
      twin: { files: { "types.ts": `${head}\nexport type Input = { value: ${entry.text} };` } },
    };
  });
  const outcomes = await compare(cases, { workspace, random: seeded(seed), values, typeRoots });
  const checked: readonly Checked[] = types.flatMap((type, i) => {
    const outcome = outcomes[i];
    return outcome === undefined ? [] : [{ type, ...verdictOf(outcome) }];
  });
  parentPort?.postMessage(checked);
} finally {
  workspace.remove();
}
