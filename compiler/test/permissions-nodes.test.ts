import { test } from "uvu";
import * as assert from "uvu/assert";
import { check } from "./permissions-setup.ts";

const two = `import { Node, Plugin } from "noxus/plugins";
import { load } from "./lexicon";
export class DemoNode extends Node {
  call(text: string) { return load(text); }
}
export class OtherNode extends Node {
  call(text: string) { return { text, home: this.home() }; }
  home() { return process.env.HOME; }
}
export class DemoPlugin extends Plugin {
  nodes() { return [new DemoNode(), new OtherNode()]; }
}
`;

const lexicon = `import { readFileSync } from "node:fs";
/** Reads words. */
export function load(language: string) {
  return { words: readFileSync(\`/data/\${language}\`, "utf8"), more: fetch("https://api.example.com/") };
}
`;

const files = { "src/index.ts": two, "src/lexicon.ts": lexicon };

test("each node has the permissions that its own code reaches", async () => {
  const { byNode, permissions } = await check({ files, nodes: ["DemoNode", "OtherNode"] });
  assert.equal(byNode.get("DemoNode"), ["fs:read", "network:api.example.com"]);
  assert.equal(byNode.get("OtherNode"), ["env:HOME"]);
  assert.equal(
    permissions.used.map(({ permission, nodes }) => [permission, nodes]),
    [
      ["env:HOME", ["OtherNode"]],
      ["fs:read", ["DemoNode"]],
      ["network:api.example.com", ["DemoNode"]],
    ],
  );
});

test("a call path goes from `call` to the API, placed in the sources", async () => {
  const { permissions } = await check({ files, nodes: ["DemoNode", "OtherNode"] });
  assert.equal(permissions.used.find(({ permission }) => permission.startsWith("network"))?.paths, [
    [
      { name: "DemoNode.call", file: "src/index.ts", line: 4, column: 3 },
      { name: "load", file: "src/lexicon.ts", line: 3, column: 17 },
      { name: "fetch", file: "src/lexicon.ts", line: 4, column: 68 },
    ],
  ]);
  assert.equal(
    permissions.used.find(({ permission }) => permission === "env:HOME")?.paths[0]?.map(({ name }) => name),
    ["OtherNode.call", "OtherNode.home", "process.env.HOME"],
  );
});

test("a span covers the API as it was written", async () => {
  const { diagnostics } = await check({ files, nodes: ["DemoNode", "OtherNode"] });
  const written = diagnostics.map(({ code, file, span }) => {
    const text = file === "src/index.ts" ? two : lexicon;
    return `${code} ${text.slice(span?.start.offset, span?.end.offset)}`;
  });
  assert.equal(written.sort(), ["NX3001 fetch", "NX3001 process.env.HOME", "NX3005 readFileSync"]);
  const home = diagnostics.find(({ file }) => file === "src/index.ts");
  assert.is(home?.span?.start.line, 8);
  assert.is(home?.span?.start.column, 19);
  assert.is(home?.span?.end.column, 35);
});

test("spans count UTF-16 units behind characters outside the BMP and behind CRLF", async () => {
  const text = two.replace("process.env.HOME", '"😀ü" + process.env.HOME').replaceAll("\n", "\r\n");
  const { diagnostics } = await check({ files: { ...files, "src/index.ts": text }, nodes: ["OtherNode"] });
  const found = diagnostics.find(({ file }) => file === "src/index.ts");
  assert.is(text.slice(found?.span?.start.offset, found?.span?.end.offset), "process.env.HOME");
  assert.is(found?.span?.start.line, 8);
});

test("what runs when the bundle is imported counts for every node", async () => {
  const { byNode, diagnostics } = await check({
    files: { ...files, "src/index.ts": `${two}console.log(process.env.START);\n` },
    nodes: ["DemoNode", "OtherNode"],
  });
  assert.ok(byNode.get("DemoNode")?.includes("env:START"));
  assert.ok(byNode.get("OtherNode")?.includes("env:START"));
  const found = diagnostics.find(({ message }) => message.includes("START"));
  assert.equal(
    found?.callPath.map(({ name }) => name),
    ["at import time", "process.env.START"],
  );
});

test("the plugin's own code counts for every node, the other nodes that it makes do not", async () => {
  const text = two.replace("nodes() {", "activate() { void process.env.ACTIVE; }\n  nodes() {");
  const { byNode } = await check({
    files: { ...files, "src/index.ts": text },
    nodes: ["DemoNode", "OtherNode"],
  });
  assert.equal(byNode.get("DemoNode"), ["env:ACTIVE", "fs:read", "network:api.example.com"]);
  assert.equal(byNode.get("OtherNode"), ["env:ACTIVE", "env:HOME"]);
});

test("nodes that are made when the bundle is imported stay apart", async () => {
  const text = two
    .replace(
      "export class DemoPlugin",
      "const all = [new DemoNode(), new OtherNode()];\nexport class DemoPlugin",
    )
    .replace("[new DemoNode(), new OtherNode()]; }", "all; }");
  const { byNode } = await check({
    files: { ...files, "src/index.ts": text },
    nodes: ["DemoNode", "OtherNode"],
  });
  assert.equal(byNode.get("OtherNode"), ["env:HOME"]);
});

test("a base class, a field and a static block of a node are its own", async () => {
  const text = two
    .replace("class DemoNode extends Node {", "class DemoNode extends Base {\n  key = process.env.KEY;")
    .replace(
      "export class DemoNode",
      "class Base extends Node { base() { return process.env.BASE; } }\nexport class DemoNode",
    )
    .replace("home() {", "static { void process.env.STATIC; }\n  home() {");
  const { byNode } = await check({
    files: { ...files, "src/index.ts": text },
    nodes: ["DemoNode", "OtherNode"],
  });
  for (const permission of ["env:BASE", "env:KEY"])
    assert.ok(byNode.get("DemoNode")?.includes(permission), permission);
  assert.not.ok(byNode.get("OtherNode")?.includes("env:BASE"));
  // A static block runs when the bundle is imported, whoever is called afterwards.
  assert.ok(byNode.get("DemoNode")?.includes("env:STATIC"));
});

test("code put into a variable elsewhere is reached by who reads the variable", async () => {
  const text = two
    .replace("load(text)", "hooks.run(text)")
    .replace("export class DemoNode", "const hooks: any = {};\nexport class DemoNode")
    .replace("home() {", "install() { hooks.run = (x: string) => process.env.HOOK + x; }\n  home() {");
  const { byNode } = await check({
    files: { ...files, "src/index.ts": text },
    nodes: ["DemoNode", "OtherNode"],
  });
  assert.ok(byNode.get("DemoNode")?.includes("env:HOOK"));
});

test("a finding in a package names the package and the place where the plugin goes into it", async () => {
  const { diagnostics } = await check({
    files: {
      "src/index.ts": two.replace('"./lexicon"', '"@words/lib"'),
      "node_modules/@words/lib/index.js": `exports.load = (x) => require("./deep").get(x);`,
      "node_modules/@words/lib/deep.js": `exports.get = (x) => fetch(x);`,
    },
    nodes: ["DemoNode", "OtherNode"],
  });
  const found = diagnostics.find(({ file }) => file === "node_modules/@words/lib/deep.js");
  assert.is(found?.code, "NX3005");
  assert.is(found?.note, "in package @words/lib 1.0.0");
  assert.equal(
    found?.callPath.map(({ name }) => name),
    ["DemoNode.call", "node_modules/@words/lib/index.js", "node_modules/@words/lib/deep.js", "fetch"],
  );
  assert.equal(
    found?.related.map(({ file, span }) => [file, span?.start.line]),
    [["src/index.ts", 4]],
  );
});

test("declared permissions silence what they cover, and nothing else", async () => {
  const { diagnostics, permissions } = await check({
    files,
    nodes: ["DemoNode", "OtherNode"],
    declared: ["network:*.example.com:443", "fs:read:/data", "env"],
  });
  assert.equal(
    diagnostics.map(({ code }) => code),
    ["NX3005", "NX3013"],
  );
  assert.equal(permissions.declared, ["env", "fs:read:/data", "network:*.example.com:443"]);
  assert.equal(permissions.unused, []);
});

test("an unused permission is a warning", async () => {
  const { diagnostics, permissions } = await check({
    files,
    nodes: ["DemoNode", "OtherNode"],
    declared: ["network", "fs:read", "env:HOME", "exec:git", "fs:write:/data"],
  });
  assert.equal(
    diagnostics.map(({ code, severity, message }) => [code, severity, message.split("`")[1]]),
    [
      ["NX3002", "warning", "exec:git"],
      ["NX3002", "warning", "fs:write:/data"],
      ["NX3013", "warning", "network"],
    ],
  );
  assert.equal(permissions.unused, ["exec:git", "fs:write:/data"]);
});

test("where something cannot be proven no permission is called unused", async () => {
  const { diagnostics, permissions } = await check({
    files: { ...files, "src/index.ts": two.replace("load(text)", "eval(text)") },
    nodes: ["DemoNode", "OtherNode"],
    declared: ["env", "exec"],
  });
  assert.equal(
    diagnostics.map(({ code }) => code),
    ["NX3004"],
  );
  assert.equal(
    permissions.unresolved.map(({ file, span, reason }) => [file, span?.start.line, reason]),
    [["src/index.ts", 4, "`eval` makes code while running"]],
  );
});

test("code that is nested too deeply to be read is refused", async () => {
  const deep = `${"[".repeat(5000)}${"]".repeat(5000)}`;
  const { diagnostics, byNode } = await check({
    files: { ...files, "src/index.ts": two.replace("load(text)", deep) },
    nodes: ["DemoNode"],
  });
  assert.equal(
    diagnostics.map(({ code, file }) => [code, file]),
    [["NX3003", "plugin.yaml"]],
  );
  assert.equal([...byNode], [["DemoNode", []]]);
});

test("the result does not depend on how the bundle was reached", async () => {
  const first = await check({ files, nodes: ["DemoNode", "OtherNode"] });
  const second = await check({ files, nodes: ["DemoNode", "OtherNode"] });
  assert.equal(JSON.stringify(first.diagnostics), JSON.stringify(second.diagnostics));
});

test.run();
