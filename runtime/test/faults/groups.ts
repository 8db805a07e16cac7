import type { Group } from "./check.ts";
import { breaker } from "./checks/breaker.ts";
import { contract } from "./checks/contract.ts";
import { damage } from "./checks/damage.ts";
import { faults } from "./checks/faults.ts";
import { input } from "./checks/input.ts";
import { lifecycle, startup } from "./checks/lifecycle.ts";
import { limits } from "./checks/limits.ts";
import { observe } from "./checks/observe.ts";
import { outputs } from "./checks/outputs.ts";
import { reload } from "./checks/reload.ts";
import { sharing } from "./checks/sharing.ts";
import { stability } from "./checks/stability.ts";
import { wire } from "./checks/wire.ts";

/** Every check of the suite; a new one is a row in its group's file. */
export const groups: readonly Group[] = [
  contract,
  input,
  wire,
  outputs,
  faults,
  damage,
  limits,
  sharing,
  breaker,
  observe,
  reload,
  startup,
  lifecycle,
  stability,
];
