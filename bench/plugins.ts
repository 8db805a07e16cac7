/** Plugins of several sizes, and the same nodes as the tools that noxus is compared with want them. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../scripts/noxus.ts";

const rivals = join(root, "bench", "rivals", "node_modules");

/** Command lines: all but the last in a plugin that {@link writePlugin} made, that in its twin. */
export const rivalArgs = {
  tsc: [join(root, "node_modules/typescript/bin/tsc"), "--noEmit", "-p", "tsconfig.json"],
  bareTsc: [join(root, "node_modules/typescript/bin/tsc"), "--noEmit", "-p", "tsconfig.bare.json"],
  eslint: [join(rivals, "eslint/bin/eslint.js"), "src"],
  tsoa: [join(rivals, "@tsoa/cli/dist/cli.js"), "spec"],
} as const;

const compilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  target: "es2023",
  lib: ["es2023"],
  module: "esnext",
  moduleResolution: "bundler",
  allowImportingTsExtensions: true,
  // As `noxus init` writes it.
  types: ["node"],
  typeRoots: [join(root, "node_modules", "@types")],
  paths: { "noxus/plugins": [join(root, "dist", "runtime", "sdk", "index.d.ts")] },
};

const eslintConfig = `import tseslint from ${JSON.stringify(join(rivals, "typescript-eslint/dist/index.js"))};
export default tseslint.config({
  files: ["src/**/*.ts"],
  extends: [tseslint.configs.recommendedTypeChecked],
  languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
});
`;

/** Writes a plugin with so many files, so many nodes spread over them; their code is pure and well typed. */
export function writePlugin(folder: string, name: string, files: number, nodes: number): void {
  const parts = partsOf(files, nodes);
  const names = parts.map(({ file }) => `part${file}`);
  writeAll(folder, {
    "plugin.yaml": `name: ${name}\nversion: 0.1.0\nentrypoint: src/index.BenchPlugin\n`,
    "package.json": '{ "type": "module", "private": true }\n',
    "tsconfig.json": JSON.stringify({ compilerOptions, include: ["src"] }),
    "tsconfig.bare.json": JSON.stringify({
      compilerOptions: { ...compilerOptions, types: [] },
      include: ["src"],
    }),
    "eslint.config.js": eslintConfig,
    "src/index.ts": `import { Plugin } from "noxus/plugins";
${names.map((part) => `import { ${part} } from "./${part}.ts";`).join("\n")}

export class BenchPlugin extends Plugin {
  nodes() {
    return [${names.map((part) => `...${part}`).join(", ")}];
  }
}
`,
  });
  for (const { file, ids } of parts)
    writeAll(folder, {
      [`src/part${file}.ts`]: `import { Node } from "noxus/plugins";
${ids.map((id) => nodeSource(id, `export class Look${id}Node extends Node {`, "")).join("")}
export const part${file} = [${ids.map((id) => `new Look${id}Node()`).join(", ")}] as const;
`,
    });
}

/** Writes a plugin with one node that lists a bucket; `modules` has the SDK. */
export function writeSdkPlugin(folder: string, modules: string): void {
  writeAll(folder, {
    "plugin.yaml":
      "name: buckets\nversion: 0.1.0\nentrypoint: src/index.BucketPlugin\npermissions: [network, env, fs:read, fs:write, exec]\n",
    "package.json": '{ "type": "module", "private": true }\n',
    "src/index.ts": `import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { Node, Plugin } from "noxus/plugins";

export class ListNode extends Node {
  async call(bucket: string): Promise<{ keys: number }> {
    const client = new S3Client({ region: "eu-west-1", credentials: { accessKeyId: "id", secretAccessKey: "secret" } });
    return { keys: (await client.send(new ListObjectsV2Command({ Bucket: bucket }))).KeyCount ?? 0 };
  }
}
export class BucketPlugin extends Plugin {
  nodes() {
    return [new ListNode()];
  }
}
`,
  });
  symlinkSync(modules, join(folder, "node_modules"), "dir");
}

/** The same nodes as tsoa's controllers. */
export function writeTwin(folder: string, files: number, nodes: number): void {
  writeAll(folder, {
    "package.json": '{ "private": true }\n',
    "tsconfig.json": JSON.stringify({
      compilerOptions: { ...compilerOptions, types: [], paths: {}, experimentalDecorators: true },
      include: ["src"],
    }),
    "tsoa.json": JSON.stringify({
      entryFile: "src/part0.ts",
      controllerPathGlobs: ["src/*.ts"],
      spec: { outputDirectory: "out", specVersion: 3 },
    }),
  });
  for (const { file, ids } of partsOf(files, nodes))
    writeAll(folder, {
      [`src/part${file}.ts`]: `import { BodyProp, Controller, Post, Route } from "tsoa";
${ids.map((id) => nodeSource(id, `@Route("node${id}")\nexport class Look${id}Node extends Controller {\n  @Post()`, "@BodyProp() ")).join("")}`,
    });
  symlinkSync(rivals, join(folder, "node_modules"), "dir");
}

function nodeSource(id: number, head: string, parameter: string): string {
  return `
export interface Result${id} {
  text: string;
  count: number;
  tags: ("short" | "long")[];
}

/** Looks at a text, way ${id}. */
${head}
  call(${parameter}text: string, ${parameter}limit: number = ${id + 1}): Result${id} {
    const words = text.split(" ").filter((word) => word.length > limit);
    return { text: words.join("-"), count: words.length, tags: words.length > ${id + 3} ? ["long"] : ["short"] };
  }
}
`;
}

function partsOf(files: number, nodes: number) {
  return Array.from({ length: files }, (_, file) => {
    const first = Math.floor((nodes * file) / files);
    const end = Math.floor((nodes * (file + 1)) / files);
    return { file, ids: Array.from({ length: end - first }, (_none, index) => first + index) };
  });
}

function writeAll(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}
