/** docs/http-api.md shows what the server answers today; `node scripts/http-api.ts` writes it anew. */
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { problemStatus } from "../../errors.ts";
import { routes } from "../../routes/index.ts";
import { closeServers } from "../plugin.ts";
import { httpApiPage } from "./page.ts";

test.after(closeServers);

const committed = readFileSync(new URL("../../../docs/http-api.md", import.meta.url), "utf8");

test("the documented answers are those of today", async () => {
  assert.fixture(await httpApiPage(), committed);
});

test("every example has the status and the code that it is an example of", () => {
  for (const [code, status] of Object.entries(problemStatus)) {
    const section = committed.split(`\n### ${code}\n`)[1]?.split("\n### ")[0] ?? "";
    assert.match(section, new RegExp(`^HTTP/1\\.1 ${status} `, "m"), code);
    assert.match(section, new RegExp(`"code": "${code}"`), code);
  }
});

test("every route is documented", () => {
  for (const { method, path } of routes)
    assert.ok(
      committed.includes(`\n### ${method} ${path.replace(":node", "{node}")}\n`),
      `${method} ${path}`,
    );
});

test.run();
