/** `make lsp-edits count=N seed=S`: many random edits in an editor, compared with `validate`. */
import { parseArgs } from "node:util";
import { editAtRandom } from "./edits.ts";

const { values } = parseArgs({
  options: { count: { type: "string", default: "1000" }, seed: { type: "string", default: "1" } },
});
const perSeed = 250;
for (let left = Number(values.count), seed = Number(values.seed); left > 0; left -= perSeed, seed++) {
  const { edits, compared, found } = await editAtRandom(seed, Math.min(left, perSeed));
  console.log(
    `seed ${seed}: ${edits} edits, compared ${compared} times, ${found} of them with findings, none wrong`,
  );
}
