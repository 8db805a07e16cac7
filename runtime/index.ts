export type * from "./manifest/types.ts";
