import { http } from "@google-cloud/functions-framework";
import { getTestServer } from "@google-cloud/functions-framework/testing";
import { words } from "./work.mjs";

http("words", (req, res) => res.json({ outputs: words(req.body.inputs), status: "success" }));
const server = getTestServer("words");
server.listen(0, "127.0.0.1", () => console.log(`ready ${server.address().port}`));
