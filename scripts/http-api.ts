/** Writes docs/http-api.md from the answers of servers that are started for it. Its test says when it is stale. */
import { writeFileSync } from "node:fs";
import { httpApiPage } from "../runtime/test/http-api/page.ts";
import { closeServers } from "../runtime/test/plugin.ts";

writeFileSync(new URL("../docs/http-api.md", import.meta.url), await httpApiPage());
await closeServers();
