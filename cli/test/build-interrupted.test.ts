import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openCompiler } from "../compiler.ts";
import { listenForSignals } from "../signals.ts";
import { makePlugin } from "./plugin.ts";
import { run } from "./run.ts";

test("Ctrl-C that ends the bundler too is an interruption, not a bug", async () => {
  const { folder, temporary, remove } = makePlugin();
  listenForSignals();
  try {
    const done = await run(["build"], folder, { XDG_CACHE_HOME: temporary }, () => ({
      ...openCompiler(),
      emit: async () => {
        process.emit("SIGINT");
        throw new Error("The service was stopped");
      },
    }));
    assert.equal(done, { code: 130, stdout: "", stderr: "" });
    assert.not(existsSync(join(folder, "dist")));
  } finally {
    remove();
  }
});

test.run();
