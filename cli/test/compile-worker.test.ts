/** What a compiler that serves an editor does while nobody asks it for anything. */
import fs, { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type CompileReply, serve } from "../compile-worker.ts";

const source = `import { Node, Plugin } from "noxus/plugins";
export class EchoNode extends Node {
  call(text: string): { text: string } {
    return { text };
  }
}
export class EchoPlugin extends Plugin {
  nodes() {
    return [new EchoNode()];
  }
}
`;

test("Node's types are read when nobody waits, so that the first error does not wait for them", async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "noxus-idle-")));
  mkdirSync(join(root, "src"));
  writeFileSync(join(root, "plugin.yaml"), "name: echo\nversion: 0.1.0\nentrypoint: src/index.EchoPlugin\n");
  writeFileSync(join(root, "src/index.ts"), source);
  const read = fs.readFileSync;
  let typesRead = 0;
  const counting = (...[path, options]: Parameters<typeof read>) => {
    if (/\/@types\/node\/.*\.d\.ts$/.test(String(path))) typesRead += 1;
    return read(path, options);
  };
  Object.assign(fs, { readFileSync: counting });
  syncBuiltinESMExports();
  const check = async (text: string): Promise<CompileReply> =>
    new Promise((resolve) => {
      const unsaved = new Map([[join(root, "src/index.ts"), text]]);
      const cancelled = new Uint8Array(new SharedArrayBuffer(1));
      serve({ kind: "check", root, unsaved, cancelled }, resolve);
    });
  const codesOf = (reply: CompileReply) =>
    reply.kind === "analysis" ? reply.analysis.diagnostics.map(({ code }) => code) : [reply.kind];
  try {
    assert.equal(codesOf(await check(source)), []);
    assert.is(typesRead, 0);
    while (typesRead === 0) await wait(5);
    assert.equal(codesOf(await check(source)), []);
    const before = typesRead;
    assert.equal(codesOf(await check(source.replace("return { text", "return { words: text"))), ["NX2100"]);
    assert.is(typesRead, before);
  } finally {
    Object.assign(fs, { readFileSync: read });
    syncBuiltinESMExports();
    rmSync(root, { recursive: true, force: true });
  }
});

test.run();
