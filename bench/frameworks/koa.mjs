import Koa from "koa";
import { words } from "./work.mjs";

const app = new Koa();
app.use(async (ctx) => {
  const chunks = [];
  for await (const chunk of ctx.req) chunks.push(chunk);
  const { inputs } = JSON.parse(Buffer.concat(chunks).toString());
  ctx.body = { outputs: words(inputs), status: "success" };
});
const server = app.listen(0, "127.0.0.1", () => console.log(`ready ${server.address().port}`));
