import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface Workspace {
  readonly root: string;
  /** What a process is told as XDG_CACHE_HOME, and noxus's folder in it. */
  readonly cacheHome: string;
  readonly cache: string;
  readonly write: (file: string, text: string) => void;
  remove(): void;
}

/** A repository with one plugin that imports by path, by package, by a linked package and through tsconfig's `paths`. */
export function makeWorkspace(): Workspace {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "noxus-model-")));
  const write = (file: string, text: string) => {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  for (const [file, text] of Object.entries(start)) write(file, text);
  mkdirSync(join(folder, "repo/node_modules"), { recursive: true });
  symlinkSync("../packages/linked", join(folder, "repo/node_modules/linked"), "dir");
  return {
    root: join(folder, "repo/plugins/clock"),
    cacheHome: join(folder, "cache"),
    cache: join(folder, "cache", "noxus"),
    write,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const plugin = "repo/plugins/clock";
const harmless = "export const helper = (text: string): string => text;\n";
const reaching = `export const helper = (text: string): string => {
  void fetch("https://example.com");
  return text;
};
`;
const optional = 'import("@more/optional/part").catch(() => 1)';
const harmlessJs = `export const value = () => 1;\nexport const more = () => ${optional};\n`;
const reachingJs = `export const value = () => { fetch("https://example.org"); return 1; };\nexport const more = () => ${optional};\n`;

const start: Readonly<Record<string, string>> = {
  "repo/package.json": '{ "name": "repo", "private": true }\n',
  "repo/package-lock.json": '{ "lockfileVersion": 3 }\n',
  "repo/node_modules/dep/package.json": '{ "name": "dep", "version": "1.0.0", "main": "lib/main" }\n',
  "repo/node_modules/dep/index.js": harmlessJs,
  "repo/node_modules/@more/other/index.js": "export {};\n",
  "repo/packages/linked/package.json":
    '{ "name": "linked", "version": "1.0.0", "type": "module", "main": "a.js" }\n',
  "repo/packages/linked/a.js": harmlessJs,
  "repo/packages/linked/b.js": reachingJs,
  [`${plugin}/plugin.yaml`]: "name: clock\nversion: 0.1.0\nentrypoint: src/index.ClockPlugin\n",
  [`${plugin}/tsconfig.json`]:
    '{ "compilerOptions": { "strict": true, "paths": { "@own/*": ["./first/*", "./own/*"] } } }\n',
  [`${plugin}/own/mapped.ts`]: harmless,
  [`${plugin}/src/helper.js`]: harmless.replace(/: string/g, ""),
  [`${plugin}/src/deep/index.ts`]: harmless,
  [`${plugin}/src/types.d.ts`]:
    'declare module "dep" { export const value: () => number }\ndeclare module "linked" { export const value: () => number }\n',
  [`${plugin}/src/index.ts`]: `import { value } from "dep";
import { value as other } from "linked";
import { Node, Plugin } from "noxus/plugins";
import { helper as mapped } from "@own/mapped";
import { helper as deep } from "./deep";
import { helper } from "./helper";

export class ClockNode extends Node {
  call(text: string): { text: string } {
    return { text: helper(deep(mapped(text))) + value() + other() };
  }
}
export class ClockPlugin extends Plugin {
  nodes() {
    return [new ClockNode()];
  }
}
`,
};

/** What may happen to the files between two runs. */
export interface Change {
  readonly name: string;
  /** Nothing that counts changes: the stored answer must stay good. */
  readonly isNeutral?: true;
  readonly make: (folder: string) => void;
}

function put(folder: string, file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

/** There once, and gone the next time. */
function toggle(name: string, file: string, text: string): Change {
  return {
    name,
    make: (folder) => (existsSync(join(folder, file)) ? rmSync(join(folder, file)) : put(folder, file, text)),
  };
}

/** One text once, the other the next time. */
function flip(name: string, file: string, a: string, b: string): Change {
  return {
    name,
    make: (folder) => {
      const isA = existsSync(join(folder, file)) && readFileSync(join(folder, file), "utf8") === a;
      put(folder, file, isA ? b : a);
    },
  };
}

const index = start[`${plugin}/src/index.ts`] ?? "";
const tsconfig = start[`${plugin}/tsconfig.json`] ?? "";
const yaml = start[`${plugin}/plugin.yaml`] ?? "";

/** Of the bodies of functions, as most edits are: the next analysis may start from what the last one found out. */
export const edits: readonly Change[] = [
  flip("edits a source", `${plugin}/src/deep/index.ts`, reaching, harmless),
  flip(
    "computes something else elsewhere",
    `${plugin}/own/mapped.ts`,
    harmless.replace("=> text", "=> `${text}.`"),
    harmless,
  ),
  flip(
    "brings a type error elsewhere",
    `${plugin}/own/mapped.ts`,
    harmless.replace("=> text", "=> text.length"),
    harmless,
  ),
  flip(
    "computes with another length elsewhere",
    `${plugin}/src/deep/index.ts`,
    harmless.replace("=> text", "=> {\n  const twice = text + text;\n  return twice.trim();\n}"),
    harmless,
  ),
  flip(
    "brings a mistake and leaves it unused",
    `${plugin}/own/mapped.ts`,
    harmless.replace("=> text", "=> {\n  const unused: number = text;\n  return text;\n}"),
    harmless,
  ),
];

export const changes: readonly Change[] = [
  ...edits,
  // The plugin's own files
  flip(
    "brings a type error",
    `${plugin}/src/index.ts`,
    index.replace("call(text: string)", "call(text: number)"),
    index,
  ),
  flip(
    "computes something else",
    `${plugin}/src/index.ts`,
    index.replace("helper(deep", "helper(helper(deep").replace("(text)))", "(text))))"),
    index,
  ),
  flip("imports what is missing", `${plugin}/src/index.ts`, `import "./later.ts";\n${index}`, index),
  toggle("adds what was missing", `${plugin}/src/later.ts`, "export {};\n"),
  flip("declares a permission", `${plugin}/plugin.yaml`, `${yaml}permissions: [network]\n`, yaml),
  flip("breaks plugin.yaml", `${plugin}/plugin.yaml`, `${yaml}nmae: x\n`, yaml),
  flip(
    "changes tsconfig.json",
    `${plugin}/tsconfig.json`,
    tsconfig.replace('"strict": true', '"noUnusedLocals": true, "strict": false'),
    tsconfig,
  ),
  toggle("takes tsconfig.json away", `${plugin}/tsconfig.json`, tsconfig),
  flip(
    "extends a tsconfig",
    `${plugin}/tsconfig.json`,
    tsconfig.replace("{ ", '{ "extends": "../../base.json", '),
    tsconfig,
  ),
  toggle(
    "writes the tsconfig that is extended",
    "repo/base.json",
    '{ "compilerOptions": { "noImplicitReturns": true } }\n',
  ),
  toggle(
    "adds an ambient declaration elsewhere",
    `${plugin}/ambient/global.d.ts`,
    "interface String { clock: number }\n",
  ),
  {
    name: "renames a folder",
    make: (folder) => {
      const [a, b] = [join(folder, plugin, "src/deep"), join(folder, plugin, "src/deeper")];
      const [from, to] = existsSync(b) ? [b, a] : [a, b];
      rmSync(to, { recursive: true, force: true });
      if (existsSync(from)) renameSync(from, to);
    },
  },
  // Files that are found first once they are there
  toggle("adds a .ts beside the .js", `${plugin}/src/helper.ts`, reaching),
  toggle("adds a .tsx beside the folder", `${plugin}/src/deep.tsx`, reaching),
  toggle("adds a nearer target of `paths`", `${plugin}/first/mapped.ts`, reaching),
  toggle("adds a nearer package", `${plugin}/node_modules/dep/index.js`, reachingJs),
  toggle("adds a package nearer still", `${plugin}/src/node_modules/dep/index.js`, reachingJs),
  toggle(
    "adds a package.json beside the sources",
    `${plugin}/src/package.json`,
    '{ "sideEffects": false, "type": "commonjs" }\n',
  ),
  toggle(
    "adds types of a package",
    "repo/node_modules/@types/clock/index.d.ts",
    "declare const clock: number;\n",
  ),
  // Dependencies
  flip("edits a dependency in place", "repo/node_modules/dep/index.js", reachingJs, harmlessJs),
  toggle(
    "installs a package that was left out",
    "repo/node_modules/@more/optional/part.js",
    'import "./rest.js"; export {};\n',
  ),
  toggle("adds what that package lacks", "repo/node_modules/@more/optional/rest.js", "fetch;\n"),
  flip(
    "names its files otherwise",
    "repo/node_modules/@more/optional/package.json",
    '{ "name": "@more/optional", "exports": { "./part": "./rest.js" } }\n',
    '{ "name": "@more/optional" }\n',
  ),
  flip(
    "requires it within `try`",
    "repo/node_modules/dep/index.js",
    'try { require("@more/optional/part"); } catch {}\nexports.value = () => 1;\n',
    harmlessJs,
  ),
  toggle(
    "has an install script below",
    `${plugin}/node_modules/below/package.json`,
    '{ "name": "below", "scripts": { "install": "x" } }\n',
  ),
  toggle(
    "records what was installed",
    `${plugin}/node_modules/.package-lock.json`,
    '{ "packages": { "node_modules/below": { "hasInstallScript": true } } }\n',
  ),
  toggle("adds the file that `main` names", "repo/node_modules/dep/lib/main.js", reachingJs),
  flip(
    "updates a dependency",
    "repo/node_modules/dep/package.json",
    '{ "name": "dep", "version": "1.1.0", "scripts": { "postinstall": "x" } }\n',
    start["repo/node_modules/dep/package.json"] ?? "",
  ),
  flip(
    "changes the entry of a linked package",
    "repo/packages/linked/package.json",
    (start["repo/packages/linked/package.json"] ?? "").replace("a.js", "b.js"),
    start["repo/packages/linked/package.json"] ?? "",
  ),
  {
    name: "leads a link elsewhere",
    make: (folder) => {
      const link = join(folder, "repo/node_modules/linked");
      const copy = join(folder, "repo/packages/copy");
      if (!existsSync(copy)) {
        cpSync(realpathSync(join(folder, "repo/packages/linked")), copy, { recursive: true });
        writeFileSync(join(copy, "a.js"), reachingJs);
      }
      const target = realpathSync(link) === copy ? "linked" : "copy";
      rmSync(link);
      symlinkSync(`../packages/${target}`, link, "dir");
    },
  },
  {
    name: "moves a linked package and leaves a link",
    make: (folder) => {
      const [a, b] = [join(folder, "repo/packages/linked"), join(folder, "repo/packages/moved")];
      if (existsSync(b)) {
        rmSync(a);
        renameSync(b, a);
      } else {
        renameSync(a, b);
        symlinkSync("moved", a, "dir");
      }
    },
  },
  {
    name: "changes a file, keeping its size and times",
    make: (folder) => {
      const file = join(folder, "repo/node_modules/dep/index.js");
      const { atime, mtime } = statSync(file);
      const text = readFileSync(file, "utf8");
      writeFileSync(
        file,
        text.includes("=> 1") ? text.replace("=> 1", "=> $") : text.replace("=> $", "=> 1"),
      );
      utimesSync(file, atime, mtime);
    },
  },
  // Nothing that counts
  flip(
    "changes the lockfile",
    "repo/package-lock.json",
    '{ "lockfileVersion": 2 }\n',
    '{ "lockfileVersion": 3 }\n',
  ),
  {
    name: "touches every source",
    isNeutral: true,
    make: (folder) => {
      for (const file of ["src/index.ts", "plugin.yaml", "own/mapped.ts"])
        if (existsSync(join(folder, plugin, file)))
          utimesSync(join(folder, plugin, file), new Date(), new Date());
    },
  },
  {
    name: "checks a file out anew",
    isNeutral: true,
    make: (folder) => {
      const file = join(folder, plugin, "src/index.ts");
      cpSync(file, `${file}.new`);
      renameSync(`${file}.new`, file);
    },
  },
];
