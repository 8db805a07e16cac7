/** `make run`: builds the example, serves what was built, and shows one real request with its answer. */
import { noxus, serve } from "./noxus.ts";

const folder = "example-sentiment";
const code = await noxus(["build", folder]);
if (code !== 0) process.exit(code);

const server = await serve(["--manifest", `${folder}/dist/manifest.json`, "--port", "0"]);
try {
  const body = JSON.stringify({ inputs: { text: "The battery is not bad at all, I love it! 😀" } });
  const url = `${server.url}/sentiment/run`;
  console.log(`\n$ curl -H 'content-type: application/json' -d '${body}' ${url}`);
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  console.log(JSON.stringify(await response.json(), null, 2));
  if (!response.ok) process.exitCode = 1;
} finally {
  await server.stop();
}
console.log(`\nserve it yourself: node_modules/.bin/node bin/noxus.cjs serve --plugin ${folder}/plugin.yaml`);
