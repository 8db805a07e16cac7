/** Other programs read the schemas: ajv in strict mode, a linter of OpenAPI 3.1, and the SDK of MCP. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { installIn } from "../../../scripts/install.ts";
import { listAsTools } from "./readers/mcp.ts";
import { lintOpenApi } from "./readers/openapi.ts";
import { type NamedSchemas, schemasOfManifests, schemasOfTable } from "./readers/sources.ts";
import { compileSchema } from "./subject.ts";

/** Each signature of the table makes its program larger; `make signature-readers` takes all. */
const step = Number(process.env.STEP ?? 4);

let nodes: readonly NamedSchemas[] = [];

test.before(async () => {
  installIn(`${import.meta.dirname}/readers`);
  const manifests = schemasOfManifests();
  assert.ok(manifests.length > 0, "no manifest is committed");
  nodes = [...manifests, ...(await schemasOfTable(step))];
});

test("ajv compiles every schema in strict mode", () => {
  for (const { name, inputs, outputs } of nodes) {
    assert.not.throws(() => compileSchema(inputs), name);
    assert.not.throws(() => compileSchema(outputs), name);
  }
});

test("a linter of OpenAPI 3.1 has nothing against them", async () => {
  // The linter itself asks each object for `hasOwnProperty`, and dies where a property has that name.
  const readable = nodes.filter(({ inputs }) => !JSON.stringify(inputs).includes("hasOwnProperty"));
  assert.ok(readable.length >= nodes.length - 1);
  assert.equal(await lintOpenApi(readable), []);
});

test("the linter does see a wrong schema", async () => {
  const broken = { name: "broken", inputs: { type: "strin" }, outputs: { type: "object" }, accepts: [] };
  assert.is((await lintOpenApi([broken])).length, 1);
});

test("the SDK of MCP lists each node as a tool, compiles its schemas and accepts its inputs", async () => {
  assert.equal(await listAsTools(nodes), []);
});

test("the SDK of MCP does see a result that is no object", async () => {
  const broken = { name: "broken", inputs: { type: "object" }, outputs: { type: "string" }, accepts: [] };
  assert.is((await listAsTools([broken])).length, 1);
});

test.run();
