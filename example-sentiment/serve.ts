import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { analyze, emit } from "../compiler/index.ts";
import { loadPlugin, startServer } from "../runtime/index.ts";

/**
 * Analyses this plugin afresh and serves it on a free loopback port until `close`. It gets no variable of the
 * environment, so that no key is used by accident, and its log lines are dropped.
 * @throws When the analysis finds an error; the message lists the findings.
 */
export async function serveExample(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "example-sentiment-"));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  try {
    const analysis = await analyze(fileURLToPath(new URL(".", import.meta.url)));
    if (analysis.manifest === null) {
      const findings = analysis.diagnostics.map(({ code, file, message }) => `${file}: ${code} ${message}`);
      throw new Error(findings.join("\n"));
    }
    await emit(analysis, folder, { image: false });
    const plugin = await loadPlugin(join(folder, "manifest.json"));
    const log = new Writable({ write: (_chunk, _encoding, done) => done() });
    const server = await startServer({ plugin, port: 0, env: {}, log });
    return { url: server.url, close: () => server.close().finally(removeFolder) };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}
