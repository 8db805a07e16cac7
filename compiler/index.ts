export { codes } from "./diagnostics/codes.ts";
export type * from "./diagnostics/types.ts";
export type * from "./types.ts";
