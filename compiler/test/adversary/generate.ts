import { transformSync } from "esbuild";
import type { Language, Scope, Sink, Source, Transport } from "./case.ts";
import { type Literal, literals, plainLiteral } from "./literals.ts";
import type { Random } from "./random.ts";
import { families, honestSinks } from "./sinks.ts";
import { honestSources, sources } from "./sources.ts";
import { transports } from "./transports.ts";

/** Where a scope's code stands: in `call`, or in a file that hands its value on. */
export type Place = "call" | "ts" | "js" | "cjs" | "dep-esm" | "dep-cjs" | "dep-conditions" | "dep-imports";

export interface Stage {
  readonly place: Place;
  readonly transports: readonly Transport[];
}

/** One case as data; {@link render} writes it as files. */
export interface Case {
  readonly id: number;
  readonly isHonest: boolean;
  readonly sink: Sink;
  readonly source: Source | null;
  /** In order; the last one is `call`. */
  readonly stages: readonly Stage[];
  readonly member: MemberStyle;
  readonly literal: Literal;
  readonly wrap: WrapStyle;
}

const memberStyles = ["dot", "string", "folded", "destructured", "variable"] as const;
const wrapStyles = ["plain", "arrow", "function", "method", "promise", "catch"] as const;
type MemberStyle = (typeof memberStyles)[number];
type WrapStyle = (typeof wrapStyles)[number];

/** How a case is written, without changing what it does. */
export interface Rendering {
  readonly prefix: string;
  readonly isMinified: boolean;
  readonly isWrapped: boolean;
  readonly isAliased: boolean;
  readonly isSplit: boolean;
  readonly isReordered: boolean;
}

export const usual: Rendering = {
  prefix: "value",
  isMinified: false,
  isWrapped: false,
  isAliased: false,
  isSplit: false,
  isReordered: false,
};

const places: readonly Place[] = ["ts", "js", "cjs", "dep-esm", "dep-cjs", "dep-conditions", "dep-imports"];
const languageOf: Readonly<Record<Place, Language>> = {
  call: "ts",
  ts: "ts",
  js: "js",
  cjs: "cjs",
  "dep-esm": "js",
  "dep-cjs": "cjs",
  "dep-conditions": "js",
  "dep-imports": "js",
};

/** A new case. An honest one carries harmless values through the same transports. */
export function generate(random: Random, id: number, isHonest: boolean): Case {
  const sink = random.pick(isHonest ? honestSinks : random.pick(families));
  const isShort = sink.sourceless === true;
  const count = isShort ? 0 : random.pick([0, 0, 1, 1, 2]);
  const list = [...Array.from({ length: count }, () => random.pick(places)), "call" as const];
  const stages = list.map((place, index): Stage => {
    const wanted = isShort ? 0 : random.pick([0, 1, 1, 2, 3]);
    // What a file hands to a CommonJS one must be there without waiting.
    const canAwait = languageOf[place] !== "cjs" && !list.slice(index).some((at) => languageOf[at] === "cjs");
    const fitting = transports.filter((entry) => fits(entry, place, canAwait));
    return { place, transports: Array.from({ length: wanted }, () => random.pick(fitting)) };
  });
  return {
    id,
    isHonest,
    sink,
    source: isShort ? null : pickSource(random, sink, list, isHonest),
    stages,
    member: random.pick(memberStyles),
    literal: random.chance(0.5) ? plainLiteral : random.pick(literals),
    wrap: random.pick(wrapStyles),
  };
}

function pickSource(random: Random, sink: Sink, list: readonly Place[], isHonest: boolean): Source {
  const [place] = list;
  if (place === undefined) throw new Error("a case has at least one stage");
  const canAwait = !list.some((at) => languageOf[at] === "cjs");
  const all = isHonest ? honestSources : sources;
  const fitting = all.filter(
    (entry) =>
      entry.kind === sink.target.kind &&
      (entry.only === undefined || entry.only.includes(sink.target.name)) &&
      fits(entry, place, canAwait),
  );
  return random.pick(fitting);
}

function fits(entry: Source | Transport, place: Place, canAwait: boolean): boolean {
  return (entry.languages?.includes(languageOf[place]) ?? true) && (entry.awaits !== true || canAwait);
}

/** Files by path, the entry `src/index.ts` first. */
export function render(given: Case, how: Rendering): Readonly<Record<string, string>> {
  const files = new Map<string, string>();
  let names = 0;
  const fresh = (): string => `${how.prefix}${++names}`;
  let value = "";
  let text = "";
  const last = given.stages.at(-1)?.transports ?? [];
  const order: readonly Stage[] =
    how.isSplit && given.source !== null
      ? [...given.stages.slice(0, -1), { place: "ts", transports: last }, { place: "call", transports: [] }]
      : given.stages;
  let bring: { readonly line: string; readonly value: string } | null = null;

  for (const [index, stage] of order.entries()) {
    const top: string[] = [];
    const lines: string[] = [];
    const isCall = stage.place === "call";
    const file = fileOf(stage.place, fresh(), order[index + 1]?.place ?? "call");
    const scope: Scope = {
      language: languageOf[stage.place],
      canAwait: languageOf[stage.place] !== "cjs",
      isCall,
      name: fresh,
      add: (line) => lines.push(line),
      addTop: (line) => top.push(line),
      addFile: (path, content) => files.set(`${file.folder}/${path}`, content),
    };
    if (bring !== null) {
      top.push(bring.line);
      value = bring.value;
    }
    if (index === 0 && given.source !== null) value = obtain(given, given.source, scope);
    for (const transport of stage.transports) value = settled(transport.make(value, scope), scope);
    if (!isCall) {
      bring = handOn(stage.place, file, value, [...top, ...lines].join("\n"), files);
      continue;
    }
    if (how.isAliased) {
      const alias = fresh();
      scope.add(`const ${alias} = ${given.source === null ? "1" : value};`);
      if (given.source !== null) value = alias;
    }
    text = entryText(given, how, value, scope, top, lines);
  }
  const all = { "src/index.ts": text, ...Object.fromEntries(files) };
  return how.isMinified ? minified(all) : all;
}

/** The root by the source, then the members on the way to what the sink takes. */
function obtain(given: Case, source: Source, scope: Scope): string {
  const { target } = given.sink;
  let value = settled(source.make(target.name, scope), scope);
  if (target.kind === "own") return value;
  for (const member of target.path) value = takeMember(value, member, given.member, scope);
  return value;
}

/** What follows may stand in a function of its own, where nothing can be awaited. */
function settled(value: string, scope: Scope): string {
  if (!value.includes("await ")) return value;
  const fresh = scope.name();
  scope.add(`const ${fresh} = ${value};`);
  return fresh;
}

function takeMember(value: string, member: string, style: MemberStyle, scope: Scope): string {
  const middle = member.length >> 1;
  const fresh = scope.name();
  switch (style) {
    case "dot":
      return `(${value}).${member}`;
    case "string":
      return `(${value})["${member}"]`;
    case "folded":
      return `(${value})["${member.slice(0, middle)}" + "${member.slice(middle)}"]`;
    case "destructured":
      scope.add(`const { ${member}: ${fresh} } = ${value};`);
      return fresh;
    case "variable":
      scope.add(`const ${fresh} = "${member}";`);
      return `(${value})[${fresh}]`;
  }
}

interface ModuleFile {
  readonly name: string;
  readonly folder: string;
  /** What the next file imports. */
  readonly specifier: string;
  readonly isPackage: boolean;
  readonly isRequired: boolean;
}

/** A package's files cannot name the plugin's own; what one needs is a package as well. */
function fileOf(place: Place, name: string, next: Place): ModuleFile {
  const isPackage = place.startsWith("dep-") || next.startsWith("dep-");
  const extension = { ts: "", js: ".js", cjs: ".cjs" }[languageOf[place]];
  return {
    name,
    folder: isPackage ? `node_modules/${name}` : "src",
    specifier: isPackage ? name : `./${name}${extension}`,
    isPackage,
    isRequired: languageOf[next] === "cjs",
  };
}

/** Ends a file that is not the entry, and says how the next one takes its value. */
function handOn(
  place: Place,
  file: ModuleFile,
  value: string,
  body: string,
  files: Map<string, string>,
): { readonly line: string; readonly value: string } {
  const { name, folder } = file;
  const es = `${body}\nexport const kept = ${value};\nexport default { kept };\n`;
  const common = `"use strict";\n${body}\nmodule.exports = { kept: ${value} };\n`;
  const describePackage = (data: object): void => {
    files.set(`${folder}/package.json`, JSON.stringify({ name, ...data }));
  };
  switch (place) {
    case "ts":
    case "js":
    case "cjs":
      if (file.isPackage) describePackage({ main: `index.${place}` });
      files.set(`${folder}/${file.isPackage ? "index" : name}.${place}`, place === "cjs" ? common : es);
      break;
    case "dep-esm":
      describePackage({ type: "module", main: "a.mjs" });
      files.set(`${folder}/a.mjs`, es);
      break;
    case "dep-cjs":
      describePackage({ main: "./lib" });
      files.set(`${folder}/lib/index.js`, `${body}\nexports.kept = ${value};\n`);
      break;
    case "dep-conditions": {
      const node = { import: "./real.mjs", require: "./real.mjs" };
      const harmless = "./harmless.js";
      describePackage({ exports: { types: "./index.d.ts", browser: harmless, node, default: harmless } });
      files.set(`${folder}/index.d.ts`, "export declare const kept: string;\n");
      files.set(`${folder}/harmless.js`, "export const kept = null;\n");
      files.set(`${folder}/real.mjs`, es);
      break;
    }
    case "dep-imports":
      describePackage({
        type: "module",
        main: "./index.js",
        imports: { "#inner": { node: "./inner.mjs", default: "./harmless.js" } },
      });
      files.set(`${folder}/index.js`, 'export * from "#inner";\nexport { default } from "#inner";\n');
      files.set(`${folder}/harmless.js`, "export const kept = null; export default {};\n");
      files.set(`${folder}/inner.mjs`, es);
      break;
    case "call":
      throw new Error("`call` is the last stage");
  }
  if (file.isRequired)
    return { line: `const ${name} = require("${file.specifier}");`, value: `${name}.kept` };
  return languageOf[place] === "cjs"
    ? { line: `import ${name} from "${file.specifier}";`, value: `${name}.kept` }
    : { line: `import { kept as ${name} } from "${file.specifier}";`, value: name };
}

function entryText(
  given: Case,
  how: Rendering,
  value: string,
  scope: Scope,
  top: readonly string[],
  lines: string[],
): string {
  const use = given.sink.make(value, scope, (text) => given.literal.make(text, scope));
  const name = scope.name();
  const plain = how.isWrapped ? `(() => { return ${use}; })()` : use;
  const wrapped = {
    plain,
    arrow: `(() => ${plain})()`,
    function: `(function () { return ${plain}; })()`,
    method: `({ run() { return ${plain}; } }).run()`,
    promise: `Promise.resolve().then(() => ${plain})`,
    catch: `(async () => ${plain})().catch(() => null)`,
  }[given.wrap];
  const header = ['import { Node, Plugin } from "noxus/plugins";', ...top];
  if (how.isReordered) {
    header.reverse();
    header.push("const unrelatedList = [3, 1, 2].sort();");
    lines.unshift("void unrelatedList.length;");
  }
  const body = [...lines, `const ${name}: unknown = await (${wrapped});`];
  return `${header.join("\n")}
export class DemoNode extends Node {
  async call(input: any): Promise<any> {
    ${body.join("\n    ")}
    return { result: typeof ${name} === "string" ? ${name} : typeof ${name} };
  }
}
export class DemoPlugin extends Plugin {
  nodes() { return [new DemoNode()]; }
}
`;
}

function minified(files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const changed = Object.entries(files).map(([path, text]): readonly [string, string] => {
    if (/\.(?:json|d\.ts)$/.test(path)) return [path, text];
    const loader = path.endsWith(".ts") ? "ts" : "js";
    return [path, transformSync(text, { loader, minifyWhitespace: true, target: "esnext" }).code];
  });
  return Object.fromEntries(changed);
}

/** The choices that were made, in one line. */
export function describe(given: Case): string {
  const steps = given.stages.map(({ place, transports }) =>
    [place, ...transports.map(({ name }) => name)].join(" > "),
  );
  return `${given.source?.name ?? "no source"} | ${steps.join(" || ")} | ${given.sink.name} (${given.literal.name}, ${given.member}, ${given.wrap})`;
}

/** Simpler cases, each with one choice less. */
export function* simpler(given: Case): Generator<Case> {
  const { stages } = given;
  for (const [index, stage] of stages.entries()) {
    if (stage.place !== "call") {
      const rest = stages.filter((_, at) => at !== index);
      if (canStand(given, rest)) yield { ...given, stages: rest };
      const moved = stages.with(index, { ...stage, place: "ts" });
      if (stage.place !== "ts" && canStand(given, moved)) yield { ...given, stages: moved };
    }
    for (const at of stage.transports.keys()) {
      const fewer = stage.transports.filter((_, position) => position !== at);
      yield { ...given, stages: stages.with(index, { ...stage, transports: fewer }) };
    }
  }
  if (given.literal !== plainLiteral) yield { ...given, literal: plainLiteral };
  if (given.member !== "dot") yield { ...given, member: "dot" };
  if (given.wrap !== "plain") yield { ...given, wrap: "plain" };
}

function canStand(given: Case, stages: readonly Stage[]): boolean {
  const [first] = stages;
  if (first === undefined) return false;
  const canAwaitFrom = (index: number): boolean =>
    !stages.slice(index).some(({ place }) => languageOf[place] === "cjs");
  return (
    (given.source === null || fits(given.source, first.place, canAwaitFrom(0))) &&
    stages.every(({ place, transports }, index) =>
      transports.every((entry) => fits(entry, place, canAwaitFrom(index))),
    )
  );
}
