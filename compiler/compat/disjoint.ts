import type { Judge } from "./judge.ts";
import { both, shortestWord } from "./language.ts";
import { wideLanguage } from "./samples.ts";
import { type NumberShape, propertyOf, type Schema, type Shape, shapesOf } from "./shapes.ts";

/** Properties followed down to tell two objects apart. */
const depthLimit = 3;

/** Whether it is proven that no value fits two of the schemas, so that `oneOf` means the same as `anyOf`. */
export function isDisjoint(schemas: readonly Schema[], judge: Judge): boolean {
  return schemas.every((schema, index) =>
    schemas.slice(index + 1).every((other) => areDisjoint(schema, other, judge, 0)),
  );
}

function areDisjoint(a: Schema, b: Schema, judge: Judge, depth: number): boolean {
  return shapesOf(a, judge.root).every((one) =>
    shapesOf(b, judge.root).every((two) => {
      if (one.type !== two.type) return true;
      if (one.values !== null)
        return one.values.every((value) => !(judge.accepts(a, value) && judge.accepts(b, value)));
      if (two.values !== null)
        return two.values.every((value) => !(judge.accepts(a, value) && judge.accepts(b, value)));
      return areApart(one, two, judge, depth);
    }),
  );
}

function areApart(a: Shape, b: Shape, judge: Judge, depth: number): boolean {
  if (a.type === "string" && b.type === "string")
    return shortestWord(both(wideLanguage(a), wideLanguage(b))) === null;
  if (a.type === "number" && b.type === "number") return isBelow(a, b) || isBelow(b, a);
  if (a.type === "array" && b.type === "array") return a.minItems > b.maxItems || b.minItems > a.maxItems;
  if (a.type === "object" && b.type === "object" && depth < depthLimit)
    return [...a.required, ...b.required].some((name) =>
      areDisjoint(propertyOf(a, name), propertyOf(b, name), judge, depth + 1),
    );
  return false;
}

function isBelow(a: NumberShape, b: NumberShape): boolean {
  return a.maximum < b.minimum || (a.maximum === b.minimum && (a.isMaximumOpen || b.isMinimumOpen));
}
