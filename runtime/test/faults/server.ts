/** The server under test as a program: options in a variable, the manifest as its argument, reloads by message. */
import { loadPlugin, startServer } from "../../index.ts";
import { OPTIONS_VARIABLE } from "./options.ts";

const { options } = JSON.parse(process.env[OPTIONS_VARIABLE] ?? "{}");
const server = await startServer({
  ...options,
  env: process.env,
  plugin: await loadPlugin(process.argv[2] ?? ""),
});

process.on("message", async ({ reload }: { readonly reload: string }) => {
  try {
    await server.swap(await loadPlugin(reload));
    process.send?.({ refused: null });
  } catch (error) {
    process.send?.({ refused: String(error) });
  }
});
