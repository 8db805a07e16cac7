/** A CommonJS package's `default` export: Node gives the module around it, a bundler gives it itself. */
export function interop<T>(module: T): T extends { default: infer D } ? D : T {
  const outer = module as { default?: unknown };
  return (typeof outer === "function" ? outer : outer.default) as never;
}
