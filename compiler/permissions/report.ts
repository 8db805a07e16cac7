import type { Node } from "estree";
import type { CodeArgs } from "../diagnostics/codes.ts";
import type { CallGraph, Unit } from "./calls.ts";
import { deepFolder, type Folder } from "./fold.ts";
import { heapOf } from "./heap/heap.ts";
import { isReached } from "./heap/reach.ts";
import { broad, type Permission } from "./permission.ts";
import type { Program } from "./program.ts";
import { apiOf } from "./resolve.ts";
import { isOwnChannel, type Need, type Resource, resourceOf, type SinkCall } from "./resources.ts";
import type { Reach, Sink } from "./sinks.ts";
import {
  type Api,
  classify,
  isContainer,
  isKnown,
  isStream,
  keyOf,
  mainReachOf,
  nameOf,
  reachOf,
} from "./table.ts";

interface Found {
  readonly unit: Unit;
  /** Bundle offsets: where the mention starts, and where its last token starts. */
  readonly start: number;
  readonly last: number;
  /** As people write it: `fetch`, `fs.readFile`. */
  readonly sink: string;
  /**
   * What comes of it where it reaches nothing all the same: `absent`, a name that is no global of any supported Node,
   * gives nothing or an error; `fails`, a `require` that an ES module does not have, throws.
   */
  readonly inert?: "absent" | "fails";
  /** What an inert one needs all the same. */
  readonly instead?: readonly Need[];
}

/** Where nothing was seen to run a finding, nor any other that is not inert. */
interface Idle {
  readonly isIdle?: true;
}

/** Something that the code can reach. */
export interface Capability extends Found, Need {
  /** What is not constant, where that is why the whole kind is needed. */
  readonly unknown: string | null;
}

export type UnresolvedCode = "NX3003" | "NX3004" | "NX3006" | "NX3007" | "NX3008";

/** Something that cannot be proven, so that no permission can allow it. */
export type Unresolved = {
  readonly [C in UnresolvedCode]: Found & Idle & { readonly code: C; readonly args: CodeArgs<C> };
}[UnresolvedCode];

export interface Findings {
  readonly capabilities: readonly Capability[];
  readonly unresolved: readonly Unresolved[];
}

/** An expression whose value is (or may be) an API. */
export interface Mention {
  readonly api: Api;
  readonly node: Node;
  readonly start: number;
  readonly last: number;
  /** Whether it came through a variable that holds other values too. */
  readonly isShared?: boolean;
}

/** Turns uses of APIs into findings. */
export interface Reporter {
  /** An API is used: called by `call`, or as a value where that is null. */
  readonly use: (mention: Mention, call: SinkCall | null) => void;
  /** A member is taken whose name is not known. */
  readonly useComputed: (mention: Mention) => void;
  readonly need: (mention: Mention, sink: string, needs: readonly Need[], unknown: string | null) => void;
  readonly refuse: <C extends UnresolvedCode>(code: C, mention: Mention, args: CodeArgs<C>) => void;
  /** The bundle itself gives this member a value; what it is counts where it comes from. */
  readonly define: (api: Api) => void;
  /** The bundle itself gives this global another value, or may do so with any of them where `name` is null. */
  readonly change: (name: string | null) => void;
  /** Globals that may have another value than Node gave them; null for any of them. */
  readonly changed: () => ReadonlySet<string | null>;
  /** A mention of a stream of the process that was handed on, so that it may be any value; null when there is none. */
  readonly looseStream: () => Mention | null;
  readonly findings: () => Findings;
}

export function createReporter(graph: CallGraph, fold: Folder, program: Program): Reporter {
  const capabilities: Capability[] = [];
  const unresolved: { readonly node: Node; readonly found: Unresolved }[] = [];
  const unclassified: { readonly api: Api; readonly node: Node; readonly found: Unresolved }[] = [];
  const defined = new Set<string>();
  const changed = new Set<string | null>();
  let looseStream: Mention | null = null;

  const foundAt = (mention: Mention, sink: string): Found => ({
    unit: graph.unitOf(mention.node),
    start: mention.start,
    last: mention.last,
    sink,
  });

  const refuse = <C extends UnresolvedCode>(code: C, mention: Mention, args: CodeArgs<C>): void => {
    // TypeScript does not relate the parts of a union that is indexed by an open `C`.
    const inert = mention.api.base === "missing-require" ? ({ inert: "fails" } as const) : {};
    const found = { ...foundAt(mention, nameOf(mention.api)), ...inert, code, args } as unknown as Unresolved;
    unresolved.push({ node: mention.node, found });
  };

  const need = (mention: Mention, sink: string, needs: readonly Need[], unknown: string | null): void => {
    for (const { permission, exact } of needs) {
      capabilities.push({ ...foundAt(mention, sink), permission, exact, unknown });
    }
  };

  /** Reports a use. `call` is null where the API is used as a value. */
  const use = (mention: Mention, call: SinkCall | null): void => {
    const { api } = mention;
    if (api.base === "constructor" || api.base === "missing-require" || api.madeBy !== undefined) return;
    if (api.holds !== undefined) {
      // Reported once, where it went into the object, not wherever the object goes.
      const { at, object } = api.holds;
      use(
        { ...mention, api: api.holds.api, ...(object === null ? {} : { node: object, start: at, last: at }) },
        null,
      );
      return;
    }
    if (api.base === "require") {
      refuse("NX3003", mention, { what: "`require`", reason: "is used as a value, and it loads any module" });
      return;
    }
    if (isContainer(api) && call === null) {
      useWhole(mention);
      return;
    }
    const { rows, depth } = classify(api);
    const sink = nameOf({ base: api.base, path: api.path.slice(0, Math.max(depth, 1)) });
    if (rows.length === 0) {
      // A variable that holds other values too was asked for a member of one of those.
      if (mention.isShared === true && api.base.startsWith("module:") && depth > 0) return;
      // A member of an unknown member says no more than the member.
      const args = { api: sink };
      const known = { base: api.base, path: api.path.slice(0, Math.max(depth, 1)) };
      const needs = api.base === "global" ? (isKnown(api) ? null : []) : needsOfNew(api);
      const absent = needs === null ? {} : ({ inert: "absent", instead: needs } as const);
      unclassified.push({
        api: known,
        node: mention.node,
        found: { ...foundAt(mention, sink), ...absent, code: "NX3008", args },
      });
      return;
    }
    if (call === null && isStream(api)) looseStream ??= mention;
    for (const row of rows) useRow(mention, row, sink, depth < api.path.length ? null : call);
  };

  const useRow = (mention: Mention, row: Sink, sink: string, call: SinkCall | null): void => {
    if (row.form === "channel" && call !== null && isOwnChannel(call, fold)) return;
    switch (row.capability) {
      case "pure":
        break;
      case "root":
        refuse("NX3003", mention, { what: `\`${sink}\``, reason: "reaches everything" });
        break;
      case "dynamic-code":
        refuse("NX3004", mention, { sink });
        break;
      case "native-code":
        refuse("NX3007", mention, { what: `what \`${sink}\` loads` });
        break;
      default: {
        if (row.form === "member") {
          need(mention, sink, [both(broad(row.capability))], "which variable is read");
          break;
        }
        const resource = resourceAt(mention, row, row.capability, call);
        if (resource.kind === "known") need(mention, sink, resource.needs, null);
        else need(mention, sink, resource.permissions.map(both), resource.what);
      }
    }
  };

  /** What a use needs. Where the code around does not say, the whole program is asked. */
  const resourceAt = (
    mention: Mention,
    row: Sink,
    kind: Permission["kind"],
    call: SinkCall | null,
  ): Resource => {
    const near = resourceOf(row, kind, call, fold);
    if (near.kind === "known" || row.resource === undefined) return near;
    const calls = call === null ? callsAt(mention) : [call];
    // One that nobody calls was lost on its way.
    if (calls === null || calls.length === 0) return near;
    const needs: Need[] = [];
    for (const each of calls) {
      const far = resourceOf(row, kind, each, deepFolder(program));
      if (far.kind === "unknown") return near;
      needs.push(...far.needs);
    }
    return { kind: "known", needs };
  };

  /** Every call of an API that is handed on as a value; null where others may call it. */
  const callsAt = (mention: Mention): readonly SinkCall[] | null => {
    const calls = heapOf(program).callsAt(mention.node, mention.start, mention.api);
    const above = program.parents.get(mention.node);
    const api = above?.type === "CallExpression" ? apiOf(program, above.callee) : null;
    const isPromised = api !== null && keyOf(api) === "module:util promisify";
    return calls?.map((node) => ({ node, first: 0, isPromised })) ?? null;
  };

  /** Broad permissions for what a module, `process` or the global object reaches; null where that is everything. */
  const kindsOf = (reaches: ReadonlySet<Reach>): readonly Permission[] | null => {
    const kinds: Permission[] = [];
    for (const reach of reaches) {
      if (reach === "root" || reach === "dynamic-code" || reach === "native-code") return null;
      if (reach !== "pure") kinds.push(broad(reach));
    }
    return kinds;
  };

  /**
   * A member that a module has in no supported Node. Packages ask for those of versions to come; there it will hardly
   * reach another kind of thing than its module does. Null for a module that reaches everything, and for no module.
   */
  const needsOfNew = (api: Api): readonly Need[] | null => {
    const owner = { base: api.base, path: [] };
    const kinds = owner.base.startsWith("module:") && isKnown(owner) ? kindsOf(mainReachOf(owner)) : null;
    return kinds?.map(both) ?? null;
  };

  /** A module, `process` or the global object used as a value: all that its members reach. */
  const useWhole = (mention: Mention): void => {
    const { api } = mention;
    const sink = nameOf(api);
    if (!isKnown(api)) {
      const args = { api: sink };
      unclassified.push({
        api,
        node: mention.node,
        found: { ...foundAt(mention, sink), code: "NX3008", args },
      });
      return;
    }
    const kinds = kindsOf(reachOf(api, (name) => program.text.includes(name)));
    if (kinds === null) {
      refuse("NX3003", mention, {
        what: `\`${sink}\``,
        reason: "is used as a value, and it reaches everything",
      });
      return;
    }
    need(mention, sink, kinds.map(both), "which of its members is used");
  };

  const useComputed = (mention: Mention): void => {
    const { api } = mention;
    if (isRooted(api)) {
      refuse("NX3003", mention, {
        what: `\`${nameOf(api)}[...]\``,
        reason: "takes a member whose name is not known before it runs",
      });
    } else use(mention, null);
  };

  return {
    use,
    useComputed,
    need,
    refuse,
    define: (api) => defined.add(keyOf(api)),
    change: (name) => changed.add(name),
    changed: () => changed,
    looseStream: () => looseStream,
    findings: () => {
      const all = [...unresolved, ...unclassified.filter(({ api }) => !defined.has(keyOf(api)))];
      // What cannot be proven is worth asking whether anybody ever gets there. Where somebody gets to one of these, it
      // may call whatever it likes, also behind a waiver.
      const isAny = all.some(({ node, found }) => found.inert === undefined && isReached(program, node));
      const idle = isAny ? {} : ({ isIdle: true } as const);
      return {
        capabilities,
        unresolved: all.map(({ found }) => (found.inert === undefined ? { ...found, ...idle } : found)),
      };
    },
  };
}

export function both(permission: Permission): Need {
  return { permission, exact: permission };
}

/** Where any member may reach everything. */
export function isRooted(api: Api): boolean {
  if (!isContainer(api)) return false;
  return [...reachOf(api)].some(
    (reach) => reach === "root" || reach === "dynamic-code" || reach === "native-code",
  );
}
