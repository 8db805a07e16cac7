import fastify from "fastify";
import { words } from "./work.mjs";

const app = fastify({ bodyLimit: 8 * 1024 * 1024 });
const schema = {
  body: {
    type: "object",
    required: ["inputs"],
    properties: {
      inputs: { type: "object", required: ["text"], properties: { text: { type: "string" } } },
    },
  },
};
app.post("/words/run", { schema }, async ({ body }) => ({ outputs: words(body.inputs), status: "success" }));
const address = await app.listen({ port: 0, host: "127.0.0.1" });
console.log(`ready ${new URL(address).port}`);
