import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../compiler/package-root.ts";
import { OutsideError } from "../exit.ts";
import { isAlive, until } from "./processes.ts";

const template = join(packageRoot, "iac", "local", "nginx.conf.template");

export interface BalancerOptions {
  /** Absolute; holds nginx's configuration, pid and temporary files. */
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  /** Longest deadline of a call, ms. */
  readonly timeoutMs: number;
}

/** nginx before several instances. Ports are those of instances on the loopback, in the order in which they are listed. */
export interface Balancer {
  /** Starts nginx, or lets a running one take over without dropping a request. Resolves when only the ports given are used. */
  serve(ports: readonly number[]): Promise<void>;
  /** Lets requests finish. */
  stop(): Promise<void>;
  /** Null when it does not run. */
  pid(): number | null;
}

/** Throws an `OutsideError` where nginx is missing or refuses its configuration. */
export function balancer(options: BalancerOptions): Balancer {
  const { folder, timeoutMs } = options;
  const file = join(folder, "nginx.conf");
  const drainSeconds = Math.ceil(timeoutMs / 1000) + 5;

  const pid = (): number | null => {
    try {
      const found = Number(readFileSync(join(folder, "nginx.pid"), "utf8"));
      return Number.isInteger(found) && found > 1 && isAlive(found) ? found : null;
    } catch {
      // No pid file: it does not run.
      return null;
    }
  };

  return {
    pid,
    async serve(ports) {
      writeFileSync(file, configuration(options, ports, drainSeconds));
      const running = pid();
      if (running === null) {
        nginx(["-p", folder, "-c", file, "-e", join(folder, "nginx.log")]);
        await until(
          () => pid() !== null,
          5000,
          () => "nginx did not start",
        );
        return;
      }
      const before = workersOf(running);
      nginx(["-p", folder, "-c", file, "-e", join(folder, "nginx.log"), "-s", "reload"]);
      // Workers with the old list go on until their requests have ended: only then is nothing sent to what was taken out.
      await until(
        () => before.every((worker) => !isAlive(worker)),
        (drainSeconds + 5) * 1000,
        () => "nginx did not take the new instances",
      );
    },
    async stop() {
      const running = pid();
      if (running === null) return;
      process.kill(running, "SIGQUIT");
      await until(
        () => !isAlive(running),
        (drainSeconds + 5) * 1000,
        () => "nginx did not stop",
      );
    },
  };
}

function configuration(
  { folder, host, port, timeoutMs }: BalancerOptions,
  ports: readonly number[],
  drainSeconds: number,
): string {
  const values: Readonly<Record<string, string>> = {
    folder: `"${folder}"`.slice(1, -1),
    address: `${host.includes(":") ? `[${host}]` : host}:${port}`,
    drain_seconds: String(drainSeconds),
    client_keepalive: clientKeepalive(),
    read_seconds: String(Math.ceil(timeoutMs / 1000) + 5),
    servers: ports.map((each) => `    server 127.0.0.1:${each} max_fails=1 fail_timeout=2s;`).join("\n"),
  };
  return readFileSync(template, "utf8").replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the nginx template asks for ${name}`);
    return value;
  });
}

/**
 * Whether connections of clients are kept: when nginx reads its list again it closes the idle ones, and a client that
 * sends at that moment sees a reset. From 1.27.4 on it can wait a little; before, connections are not kept at all.
 */
function clientKeepalive(): string {
  const { stderr } = spawnSync("nginx", ["-v"], { encoding: "utf8" });
  const [, major = 0, minor = 0, patch = 0] = (/nginx\/(\d+)\.(\d+)\.(\d+)/.exec(stderr ?? "") ?? []).map(
    Number,
  );
  const canWait = major > 1 || (major === 1 && (minor > 27 || (minor === 27 && patch >= 4)));
  return canWait ? "keepalive_timeout 75s;\n    keepalive_min_timeout 5s;" : "keepalive_timeout 0;";
}

function nginx(args: readonly string[]): void {
  const done = spawnSync("nginx", args, { encoding: "utf8" });
  if (done.error !== undefined)
    throw new OutsideError("nginx is not installed", "install it, on Debian: apt-get install nginx-light");
  if (done.status !== 0) {
    const said = done.stderr.split("\n").filter((line) => line.includes("[emerg]"));
    throw new OutsideError(
      `nginx did not start: ${(said[0] ?? done.stderr.trim()).replace(/^.*\[emerg\] (\d+#\d+: )?/, "")}`,
    );
  }
}

/** Worker processes of an nginx master, by Linux's process table. */
function workersOf(master: number): readonly number[] {
  const found = spawnSync("ps", ["-o", "pid=", "--ppid", String(master)], { encoding: "utf8" });
  return found.stdout
    .split("\n")
    .map(Number)
    .filter((worker) => worker > 1);
}
