import type { RequestContext } from "../middleware/context.ts";
import type { Serving } from "../service.ts";

/** One endpoint: a value in a file of its own, listed in `index.ts`. */
export interface Route {
  readonly method: "GET" | "POST";
  readonly path: string;
  handle(ctx: RequestContext, serving: Serving): void | Promise<void>;
}
