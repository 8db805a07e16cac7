export { analyze } from "./analyze.ts";
export { checkLockfile } from "./bundle/lockfile.ts";
export { type Code, codes } from "./diagnostics/codes.ts";
export { explainPage } from "./diagnostics/page.ts";
export type * from "./diagnostics/types.ts";
export { type AzureChoices, type AzureResult, type AzureVariables, azureVariables } from "./emit/azure.ts";
export { type EmitOptions, type EmittedFile, emit } from "./emit/write.ts";
export { default as pluginSchema } from "./load/plugin.schema.json" with { type: "json" };
export type * from "./types.ts";
