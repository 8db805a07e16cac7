/** A small plugin, `noxus deploy local` as a person calls it, and callers: what the tests of the local twin share. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InstanceStatus } from "../../cli/deploy/local.ts";
import { bin, freePort, type Ran, run } from "../../test/image/tools.ts";

/** Whether this machine has nginx; Debian has it as `nginx-light`. */
export const hasNginx: boolean = spawnSync("nginx", ["-v"]).error === undefined;

const yaml = `name: twin
version: 0.1.0
entrypoint: src/index.TwinPlugin
permissions:
  - env:TOKEN
`;

const source = `import { Node, Plugin } from "noxus/plugins";

export class GreetNode extends Node {
  call(name: string): { text: string; token: string } {
    return { text: \`hello \${name}\`, token: process.env.TOKEN ?? "none" };
  }
}

export class TwinPlugin extends Plugin {
  nodes() {
    return [new GreetNode()];
  }
}
`;

/** Answers by what they were: the status code, or the error's code where there was none. */
export type Counts = Readonly<Record<string, number>>;

export interface Status {
  readonly balancer: string;
  readonly instances: readonly InstanceStatus[];
}

export interface Twin {
  /** The plugin's folder; removed at the end. */
  readonly folder: string;
  readonly port: number;
  /** `noxus deploy local` with the plugin's folder and these arguments. */
  readonly deploy: (...args: readonly string[]) => Promise<Ran>;
  readonly status: () => Promise<Status | null>;
  /** Rewrites plugin.yaml and gives what it was. */
  readonly edit: (change: (yaml: string) => string) => string;
  /** The answer's body, or the error's code. */
  readonly greet: () => Promise<string>;
  /**
   * Sixteen callers of a POST, each with its next one as soon as the last is answered, until `amount` are or `isOver`.
   * `halfway` runs once, when half of them are answered.
   */
  readonly load: (amount: number, options?: LoadOptions) => Promise<Counts>;
  readonly close: () => Promise<void>;
}

export interface LoadOptions {
  readonly isOver?: () => boolean;
  readonly halfway?: () => void;
  /** Pause of a caller between two calls, ms. */
  readonly pause?: number;
}

/** How many were answered otherwise than with 200. */
export const lost = (counts: Counts): number =>
  Object.entries(counts).reduce((sum, [answer, count]) => sum + (answer === "200" ? 0 : count), 0);

export async function openTwin(env: NodeJS.ProcessEnv = process.env): Promise<Twin> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "noxus-twin-")));
  mkdirSync(join(folder, "src"));
  writeFileSync(join(folder, "plugin.yaml"), yaml);
  writeFileSync(join(folder, "src", "index.ts"), source);
  const port = await freePort();
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });

  const deploy: Twin["deploy"] = (...args) =>
    run(process.execPath, [bin, "deploy", "local", folder, ...args], { cwd: folder, env });

  const post = (): Promise<{ readonly answer: string; readonly body: string }> =>
    new Promise((resolve) => {
      const text = '{"inputs":{"name":"you"}}';
      const call = request(
        {
          host: "127.0.0.1",
          port,
          path: "/greet/run",
          method: "POST",
          agent,
          headers: { "content-type": "application/json", "content-length": text.length },
        },
        (answer) => {
          let body = "";
          answer.setEncoding("utf8").on("data", (chunk: string) => {
            body += chunk;
          });
          answer.on("end", () => resolve({ answer: String(answer.statusCode), body }));
          answer.on("error", (error) => resolve({ answer: error.message, body }));
        },
      );
      call.on("error", (error) =>
        resolve({ answer: "code" in error ? String(error.code) : error.message, body: "" }),
      );
      call.end(text);
    });

  return {
    folder,
    port,
    deploy,
    status: async () =>
      (JSON.parse((await deploy("--status", "--json")).stdout) as { running: Status | null }).running,
    edit: (change) => {
      const file = join(folder, "plugin.yaml");
      const text = readFileSync(file, "utf8");
      writeFileSync(file, change(text));
      return text;
    },
    greet: async () => {
      const { answer, body } = await post();
      return body === "" ? answer : body;
    },
    load: async (amount, { isOver = () => false, halfway = () => {}, pause = 0 } = {}) => {
      const counts: Record<string, number> = {};
      let sent = 0;
      let answered = 0;
      const caller = async (): Promise<void> => {
        while (sent < amount && !isOver()) {
          sent += 1;
          const { answer } = await post();
          counts[answer] = (counts[answer] ?? 0) + 1;
          answered += 1;
          if (answered === Math.floor(amount / 2)) halfway();
          if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
        }
      };
      await Promise.all(Array.from({ length: 16 }, caller));
      return counts;
    },
    close: async () => {
      agent.destroy();
      await deploy("--down");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
