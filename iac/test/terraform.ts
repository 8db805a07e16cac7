/** Runs the real Terraform against the stand-in providers, in a copy of the configuration. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ran, run } from "../../test/image/tools.ts";
import { type ProviderSchema, providerSchema, reattach, serveProvider, typesUsed } from "./provider.ts";

export const azure: string = join(import.meta.dirname, "..", "azure");

/** Null when there is none; Terraform is not in npm or Debian, so it cannot be installed by the tests. */
export const terraformVersion: string | null = (() => {
  const found = spawnSync("terraform", ["version", "-json"], {
    encoding: "utf8",
    env: { ...process.env, TF_CLI_CONFIG_FILE: "/dev/null", CHECKPOINT_DISABLE: "1" },
  });
  return found.status === 0
    ? (JSON.parse(found.stdout) as { terraform_version: string }).terraform_version
    : null;
})();

export interface Workspace {
  readonly folder: string;
  readonly terraform: (...args: string[]) => Promise<Ran>;
  readonly close: () => void;
}

/**
 * A copy of iac/azure with running providers, initialised; `change` makes another version of azurerm's schema. Throws what
 * `terraform init` said.
 */
export async function openWorkspace(
  change: (schema: ProviderSchema) => ProviderSchema = (schema) => schema,
): Promise<Workspace> {
  const folder = mkdtempSync(join(tmpdir(), "noxus-iac-"));
  cpSync(azure, folder, { recursive: true, filter: (path) => !path.includes(".terraform") });
  const types = typesUsed(
    folder,
    readdirSync(folder).filter((file) => file.endsWith(".tf")),
  );
  const running = {
    azurerm: await serveProvider(change(providerSchema("azurerm", types))),
    time: await serveProvider(providerSchema("time", types)),
  };
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: folder,
    TF_CLI_CONFIG_FILE: "/dev/null",
    TF_IN_AUTOMATION: "1",
    CHECKPOINT_DISABLE: "1",
    TF_REATTACH_PROVIDERS: reattach(running),
  };
  const terraform = (...args: string[]): Promise<Ran> => run("terraform", args, { cwd: folder, env });
  const close = (): void => {
    running.azurerm.close();
    running.time.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const init = await terraform("init", "-input=false", "-no-color");
  if (init.code !== 0) {
    close();
    throw new Error(`terraform init failed\n${init.stdout}${init.stderr}`);
  }
  return { folder, terraform, close };
}
