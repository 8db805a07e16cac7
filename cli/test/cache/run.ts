/** `make cache-model count=N seed=S`: many random histories of the cache, each of 40 changes. */
import { parseArgs } from "node:util";
import { runHistory } from "./model.ts";

const { values } = parseArgs({
  options: { count: { type: "string", default: "400" }, seed: { type: "string", default: "1" } },
});
const steps = 40;
const total = { hits: 0, misses: 0, partial: 0, events: 0, cut: 0 };
for (let index = 0; index < Math.ceil(Number(values.count) / steps); index++) {
  const count = await runHistory(Number(values.seed) + index, steps);
  for (const key of ["hits", "misses", "partial", "events", "cut"] as const) total[key] += count[key];
  console.log(
    `seed ${Number(values.seed) + index}: ${total.hits} hits, ${total.misses} misses (${total.partial} with a part known), ${total.events} events, ${total.cut} cut short, none wrong`,
  );
}
