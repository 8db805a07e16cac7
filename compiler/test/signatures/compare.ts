import type { ValidateFunction } from "ajv";
import type { JsonSchema } from "../../../runtime/manifest/types.ts";
import type { Random } from "../adversary/random.ts";
import { type Difference, exceptions, isWireForm } from "./exceptions.ts";
import { type Declared, openOracle } from "./oracle.ts";
import { type Compiled, compile, compileSchema, type Subject, type Workspace } from "./subject.ts";
import { anything, type Json, merge, mutate, nothing, sample } from "./values.ts";

/** One type both ways: as a node takes it, and as the oracle reads it. */
export interface Case {
  readonly subject: Subject;
  readonly twin: Declared;
}

export interface Options {
  readonly workspace: Workspace;
  readonly random: Random;
  /** How many values for each type. */
  readonly values: number;
  readonly exactOptionalPropertyTypes?: boolean;
  /** For packages that use Node's types. */
  readonly typeRoots?: readonly string[];
}

export type Outcome =
  | { readonly kind: "invalid"; readonly reason: string }
  /** noxus says no, and gives a reason; `canHold` is a value that TypeScript accepts, where one was found. */
  | { readonly kind: "refused"; readonly compiled: Refused; readonly canHold: Json | undefined }
  | {
      readonly kind: "compared";
      readonly schema: JsonSchema;
      readonly pairs: number;
      readonly accepted: number;
      readonly excepted: Readonly<Record<string, number>>;
      readonly faults: readonly Fault[];
    };

type Refused = Extract<Compiled, { kind: "refused" }>;

/** A value on which the schema is wrong, or why the schema is none. */
export type Fault =
  | { readonly kind: "value"; readonly value: Json; readonly typescript: boolean }
  | { readonly kind: "schema"; readonly reason: string };

/** Puts every case to TypeScript and to noxus, with values made from the types, and compares. */
export async function compare(cases: readonly Case[], options: Options): Promise<readonly Outcome[]> {
  const { workspace, random } = options;
  const oracle = openOracle(
    cases.map((entry) => entry.twin),
    { root: workspace.root, ...pickOptions(options) },
  );
  const samples = oracle.types.map((type) => (type === null ? [] : samplesOf(type)));
  function samplesOf(type: Parameters<typeof sample>[0]): readonly Json[] {
    const count = Math.ceil(options.values / 2.5);
    return Array.from({ length: count }, () => sample(type, oracle.checker, random)).filter(
      (value) => value !== nothing,
    );
  }
  const values = samples.map((own, i) => distinct([...own, ...others(own, i)]).slice(0, options.values));
  function others(own: readonly Json[], i: number): readonly Json[] {
    const stranger = samples[(i + 1) % samples.length]?.[0];
    const mutants = Array.from({ length: options.values }, () =>
      mutate(own.length > 0 ? random.pick(own) : anything(random, 1), random),
    );
    const merged = own.slice(1).map((value, k) => merge(value, own[k] ?? value, random));
    return [
      ...merged.slice(0, 3),
      ...mutants.slice(0, 2),
      {},
      ...(stranger === undefined ? [] : [stranger]),
      ...mutants.slice(2),
    ];
  }
  const verdicts = oracle.judge(values);
  const own = options.exactOptionalPropertyTypes
    ? { compilerOptions: { exactOptionalPropertyTypes: true } }
    : {};
  const compiled = await compile(
    cases.map((entry) => entry.subject),
    workspace,
    own,
  );
  return cases.map((_, i): Outcome => {
    const reason = oracle.errors[i] ?? null;
    const result = compiled[i];
    if (result === undefined) throw new Error(`no result for case ${i}`);
    if (reason !== null) return { kind: "invalid", reason };
    if (result.kind === "refused") {
      if (result.codes.every((code) => code === "NX2100"))
        return { kind: "invalid", reason: result.messages[0] ?? "" };
      return { kind: "refused", compiled: result, canHold: values[i]?.find((_, k) => verdicts[i]?.[k]) };
    }
    const type = oracle.types[i] ?? null;
    const { declarations = "", parameters = "" } = cases[i]?.subject ?? {};
    return judged(result.inputs, values[i] ?? [], verdicts[i] ?? [], (value) => ({
      source: `${declarations}\n${parameters}`,
      hasWireForm: () => type !== null && isWireForm(type, value, oracle.checker),
    }));
  });
}

function pickOptions({ typeRoots, exactOptionalPropertyTypes }: Options) {
  return {
    ...(typeRoots === undefined ? {} : { typeRoots }),
    ...(exactOptionalPropertyTypes === undefined ? {} : { exactOptionalPropertyTypes }),
  };
}

function judged(
  schema: JsonSchema,
  values: readonly Json[],
  verdicts: readonly boolean[],
  about: (value: Json) => Pick<Difference, "source" | "hasWireForm">,
): Outcome {
  const faults: Fault[] = [];
  const excepted: Record<string, number> = {};
  const validate = attempt(() => compileSchema(schema));
  if (typeof validate === "string") faults.push({ kind: "schema", reason: validate });
  else
    for (const [k, value] of values.entries()) {
      const typescript = verdicts[k] ?? false;
      if (validate(value) === typescript) continue;
      const difference = { value, schema, typescript, errors: validate.errors ?? [], ...about(value) };
      const exception = exceptions.find((entry) => entry.applies(difference));
      if (exception === undefined) faults.push({ kind: "value", value, typescript });
      else excepted[exception.name] = (excepted[exception.name] ?? 0) + 1;
    }
  const accepted = verdicts.filter((verdict) => verdict).length;
  return { kind: "compared", schema, pairs: values.length, accepted, excepted, faults };
}

function attempt(make: () => ValidateFunction): ValidateFunction | string {
  try {
    return make();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function distinct(values: readonly Json[]): readonly Json[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
