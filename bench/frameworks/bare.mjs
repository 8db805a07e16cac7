// The measure of all: node:http and nothing else, the same JSON work in process.
import { createServer } from "node:http";
import { words } from "./work.mjs";

createServer((req, res) => {
  const chunks = [];
  req.on("data", (chunk) => chunks.push(chunk));
  req.on("end", () => {
    const { inputs } = JSON.parse(Buffer.concat(chunks).toString());
    const body = JSON.stringify({ outputs: words(inputs), status: "success" });
    res.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
    res.end(body);
  });
}).listen(0, "127.0.0.1", function listening() {
  console.log(`ready ${this.address().port}`);
});
