/** Every fault of an input is told with its place, and nothing that does not fit reaches a node. */
import * as assert from "uvu/assert";
import type { Check, Group } from "../check.ts";
import { faultsAt, refused, succeeded } from "../expect.ts";

const person = { name: "Ada", age: 36, role: "admin", tags: ["x"], address: { street: "a", "~/": 1 } };

/** Inputs of `person` that differ in one way, with the JSON pointers of the faults. */
const wrong: Readonly<
  Record<string, readonly [change: Readonly<Record<string, unknown>>, ...paths: string[]]>
> = {
  "a missing input": [{ name: undefined }, "/inputs/name"],
  "a number as text": [{ age: "36" }, "/inputs/age"],
  "a number where a text belongs": [{ name: 36 }, "/inputs/name"],
  null: [{ name: null }, "/inputs/name"],
  "a fraction where a whole number belongs": [{ age: 1.5 }, "/inputs/age"],
  "a value below the minimum": [{ age: -1 }, "/inputs/age"],
  "a value outside of an enumeration": [{ role: "root" }, "/inputs/role"],
  "a text that does not match": [{ name: "" }, "/inputs/name"],
  "too many items": [{ tags: ["1", "2", "3", "4"] }, "/inputs/tags"],
  "one wrong item": [{ tags: ["1", 2] }, "/inputs/tags/1"],
  "a wrong value two levels down": [{ address: { street: 1, "~/": 1 } }, "/inputs/address/street"],
  "a key that a pointer must escape": [{ address: { street: "a", "~/": "x" } }, "/inputs/address/~0~1"],
  "an input that the node does not have": [{ nam: "Ada" }, "/inputs/nam"],
  "several faults at once": [{ name: 1, age: "x", role: 2 }, "/inputs/age", "/inputs/name", "/inputs/role"],
  "a key that every object inherits": [{ constructor: 1 }, "/inputs/constructor"],
  "a key that objects inherit as a function": [{ toString: 1 }, "/inputs/toString"],
};

const notJson: Readonly<Record<string, string | Uint8Array>> = {
  "half of a document": '{"inputs":{',
  "text behind the document": "{} x",
  "a trailing comma": '{"inputs":{},}',
  "a comment": '{"inputs":{} /* none */}',
  "single quotes": "{'inputs':{}}",
  NaN: '{"inputs":{"name":NaN}}',
  "a byte order mark": Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('{"inputs":{}')]),
  "only blanks": "  \n ",
};

const notUtf8: Readonly<Record<string, readonly number[]>> = {
  "a lone continuation byte": [0x80],
  "a byte that UTF-8 never has": [0xff],
  "an overlong form": [0xc0, 0xaf],
  "a character cut in half": [0xf0, 0x9f, 0x98],
  "a surrogate": [0xed, 0xa0, 0x80],
};

const notInputs: Readonly<Record<string, readonly [body: string, path: string]>> = {
  "a list": ["[]", ""],
  "a number": ["1", ""],
  null: ["null", ""],
  "inputs as a list": ['{"inputs":[]}', "/inputs"],
  "inputs as text": ['{"inputs":"x"}', "/inputs"],
  "inputs as null": ['{"inputs":null}', "/inputs"],
  "another key beside inputs": ['{"inputs":{},"options":{}}', "/options"],
};

const checks: readonly Check[] = [
  {
    name: "input: what fits is passed on unchanged",
    control: "mute",
    async run(target) {
      succeeded(await target.post("person", person), { got: [person.name, person.age] });
    },
  },
  ...Object.entries(wrong).map(
    ([what, [change, ...paths]]): Check => ({
      name: `input: refuses ${what}`,
      async run(target) {
        faultsAt(await target.post("person", { ...person, ...change }), ...paths);
      },
    }),
  ),
  {
    name: "input: a key nearly right is answered with the right one",
    async run(target) {
      const { json } = await target.post("person", { ...person, nam: "Ada" });
      assert.match(json.error?.details[0]?.message ?? "", /did you mean "name"/);
    },
  },
  ...Object.entries(notJson).map(
    ([what, body]): Check => ({
      name: `input: ${what} is not JSON`,
      control: "mute",
      async run(target) {
        refused(await target.body("any", body), 400, "invalid_json");
      },
    }),
  ),
  {
    name: "input: what is not JSON is 400",
    control: "upset",
    async run(target) {
      const { status, json } = await target.body("any", "{");
      assert.equal([status, json.error?.code], [400, "invalid_json"]);
    },
  },
  ...Object.entries(notUtf8).map(
    ([what, bytes]): Check => ({
      name: `input: ${what} is not UTF-8`,
      async run(target) {
        const body = Buffer.concat([
          Buffer.from('{"inputs":{"value":"'),
          Buffer.from(bytes),
          Buffer.from('"}}'),
        ]);
        refused(await target.body("any", body), 400, "invalid_json");
      },
    }),
  ),
  ...Object.entries(notInputs).map(
    ([what, [body, path]]): Check => ({
      name: `input: ${what} is not a request`,
      async run(target) {
        faultsAt(await target.body("free", body), path);
      },
    }),
  ),
  {
    name: "input: an empty body is refused with what to send",
    async run(target) {
      const reply = await target.body("free", "");
      refused(reply, 400, "invalid_json");
      assert.match(reply.json.error?.message ?? "", /inputs/);
    },
  },
  ...[
    ['{"inputs":{"value":{"__proto__":{"isAdmin":true}}}}', "nested"],
    ['{"inputs":{"__proto__":{"value":1},"value":1}}', "at the top"],
    ['{"inputs":{"value":{"\\u005f_proto__":1}}}', "spelled with an escape"],
    ['{"__proto__":{"inputs":{"value":1}}}', "beside inputs"],
  ].map(
    ([body = "", where]): Check => ({
      name: `input: a __proto__ key is refused, ${where}`,
      async run(target) {
        refused(await target.body("any", body), 422, "input_invalid");
      },
    }),
  ),
  ...[
    ['{"inputs":{"value":1,"value":2}}', "in the inputs"],
    ['{"inputs":{"value":{"a":1,"b":[],"a":2}}}', "nested"],
    ['{"inputs":{"value":1},"inputs":{"value":2}}', "of inputs itself"],
    ['{"inputs":{"value":1,"v\\u0061lue":2}}', "spelled with an escape"],
  ].map(
    ([body = "", where]): Check => ({
      name: `input: a duplicate key is refused, ${where}`,
      async run(target) {
        refused(await target.body("any", body), 400, "invalid_json");
      },
    }),
  ),
  {
    name: "input: the same key in two objects is no duplicate",
    control: "mute",
    async run(target) {
      const value = [{ a: 1 }, { a: { a: '{"a":1,"a":2}' } }];
      succeeded(await target.post("any", { value }), { value });
    },
  },
  ...[
    [`${"[".repeat(40_000)}${"]".repeat(40_000)}`, "lists"],
    [`${'{"a":'.repeat(15_000)}1${"}".repeat(15_000)}`, "objects"],
  ].map(
    ([value, what]): Check => ({
      name: `input: ${what} nested without measure are refused, and hurt nobody`,
      async run(target) {
        refused(await target.body("any", `{"inputs":{"value":${value}}}`), 400, "invalid_json");
        succeeded(await target.post("any", { value: 1 }));
      },
    }),
  ),
  {
    name: "input: lists that are opened and never closed are no JSON",
    control: "mute",
    async run(target) {
      refused(await target.body("any", `{"inputs":{"value":${"[".repeat(90_000)}`), 400, "invalid_json");
      succeeded(await target.post("any", { value: 1 }));
    },
  },
  {
    name: "input: nesting as people use it is fine",
    control: "mute",
    async run(target) {
      const value = JSON.parse('{"a":['.repeat(15) + "]}".repeat(15)) as unknown;
      succeeded(await target.post("any", { value }), { value });
    },
  },
  {
    name: "input: a number too large to be one is refused",
    async run(target) {
      faultsAt(await target.body("number", '{"inputs":{"value":1e999}}'), "/inputs/value");
    },
  },
  {
    name: "input: a thousand faults make a short answer",
    async run(target) {
      const reply = await target.post("person", { ...person, tags: Array.from({ length: 5000 }, () => 1) });
      refused(reply, 422, "input_invalid");
      assert.ok(reply.text.length < 50_000, `${reply.text.length}`);
    },
  },
  {
    name: "input: a refusal does not repeat a long or secret value",
    async run(target) {
      const reply = await target.post("person", { ...person, age: `secret${"x".repeat(10_000)}` });
      faultsAt(reply, "/inputs/age");
      assert.not.match(reply.text, /secret/);
    },
  },
  {
    name: "input: a default is new for each call",
    async run(target) {
      for (let call = 0; call < 3; call += 1) succeeded(await target.post("push"), { length: 1 });
    },
  },
];

export const input: Group = {
  name: "input",
  plugin: {
    nodes: {
      Person: {
        inputs: {
          name: { type: "string", pattern: "^.+$" },
          age: { type: "integer", minimum: 0 },
          role: { enum: ["admin", "user"] },
          tags: { type: "array", items: { type: "string" }, maxItems: 3 },
          address: {
            type: "object",
            properties: { street: { type: "string" }, "~/": { type: "number" } },
            required: ["street"],
            additionalProperties: false,
          },
        },
        call: "return { got: [name, age] };",
      },
      Any: { inputs: { value: {} }, call: "return { value };" },
      Number: { inputs: { value: { type: "number" } }, call: "return { value };" },
      Free: { call: "return {};" },
      Push: {
        inputs: { list: { type: "array", default: [] } },
        required: [],
        call: "list.push(1); return { length: list.length };",
      },
    },
  },
  checks,
};
