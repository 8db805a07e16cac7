import { Build } from "./build.ts";
import { Call } from "./call.ts";
import { Compat } from "./compat.ts";
import { Completion } from "./completion.ts";
import { DeployLocal } from "./deploy-local.ts";
import { Dev } from "./dev.ts";
import { Diff } from "./diff.ts";
import { Doctor } from "./doctor.ts";
import { Explain } from "./explain.ts";
import { GenTfvars } from "./gen-tfvars.ts";
import { ImageInspect } from "./image-inspect.ts";
import { Init } from "./init.ts";
import { Lsp } from "./lsp.ts";
import { PluginInfo } from "./plugin-info.ts";
import { PluginList } from "./plugin-list.ts";
import { Schema } from "./schema.ts";
import { Serve } from "./serve.ts";
import { Validate } from "./validate.ts";
import { Verify } from "./verify.ts";
import { Version } from "./version.ts";

/** Every command, in the order in which help lists them. */
export const commands = [
  Init,
  Validate,
  Dev,
  Build,
  Serve,
  Call,
  PluginList,
  PluginInfo,
  Explain,
  Diff,
  Compat,
  Verify,
  ImageInspect,
  GenTfvars,
  DeployLocal,
  Schema,
  Lsp,
  Doctor,
  Completion,
  Version,
] as const;
