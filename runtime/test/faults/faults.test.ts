/** The fault suite against the server: each group on one server, every check in turn. */
import { test } from "uvu";
import { groups } from "./groups.ts";
import { runCheck, starter } from "./run.ts";
import type { Target } from "./target.ts";

/** Longest a check may take, ms; far beyond what it needs on a busy machine. */
const LIMIT_MS = 60_000;

const servers = new Set<Target>();
test.after(async () => {
  await Promise.all([...servers].map((server) => server.destroy()));
});

// ONLY=word,word runs the groups of these names.
const only = process.env.ONLY?.split(",");
for (const group of groups.filter(({ name }) => only?.includes(name) ?? true)) {
  let start: ReturnType<typeof starter> | undefined;
  let server: Target | undefined;
  for (const check of group.checks) {
    test(check.name, async () => {
      start ??= starter(group);
      if (server === undefined || server.hasEnded() || group.isLast) {
        await server?.destroy();
        server = await start();
        servers.add(server);
      }
      const failure = await runCheck(check, server, LIMIT_MS);
      if (failure === null) return;
      // What one failure has left behind must not fail the next check too.
      await server.destroy();
      throw failure;
    });
  }
}

test.run();
