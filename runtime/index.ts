export { createApp } from "./app.ts";
export { callNode, fetchManifest, type NodeAnswer, type NodeCall, NoServer } from "./client.ts";
export { type Fault, ManifestError, Problem, type ProblemCode, StartError } from "./errors.ts";
export { asLog, createLog, flushLog, type Log } from "./log.ts";
export { canonicalJson, manifestDigest } from "./manifest/canonical.ts";
export { type LoadedPlugin, loadPlugin } from "./manifest/read.ts";
export type * from "./manifest/types.ts";
export { type RunningServer, type ServerOptions, startServer } from "./server.ts";
export { readSettings, type SettingName, type Settings, settings } from "./settings.ts";
