import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Workspace {
  readonly folder: string;
  /** An empty folder for TMPDIR, to see what a process leaves behind. */
  readonly temporary: string;
  write(file: string, text: string): void;
  remove(): void;
}

/** A folder with a plugin `clock` in it; its one node waits as long as asked and answers with `version`. */
export function makePlugin(): Workspace {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "noxus-test-")));
  const folder = join(root, "clock");
  const temporary = join(root, "tmp");
  mkdirSync(join(folder, "src"), { recursive: true });
  mkdirSync(temporary);
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  write("plugin.yaml", "name: clock\nversion: 0.1.0\nentrypoint: src/index.ClockPlugin\n");
  write("src/index.ts", clockSource("one"));
  return { folder, temporary, write, remove: () => rmSync(root, { recursive: true, force: true }) };
}

export function clockSource(version: string): string {
  return `import { Node, Plugin } from "noxus/plugins";

/** Waits, then answers. */
export class ClockNode extends Node {
  async call(ms: number): Promise<{ version: string }> {
    await new Promise<void>((resolve) => setTimeout(resolve, ms));
    return { version: "${version}" };
  }
}

export class ClockPlugin extends Plugin {
  nodes() {
    return [new ClockNode()];
  }
}
`;
}

export interface Answer {
  readonly status: number;
  readonly version: unknown;
}

export async function ask(url: string, ms = 0): Promise<Answer> {
  const response = await fetch(`${url}/clock/run`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ inputs: { ms } }),
  });
  const body: unknown = await response.json();
  const outputs: unknown =
    typeof body === "object" && body !== null && "outputs" in body ? body.outputs : null;
  const version =
    typeof outputs === "object" && outputs !== null && "version" in outputs ? outputs.version : body;
  return { status: response.status, version };
}
