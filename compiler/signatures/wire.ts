import type { WireName } from "./shapes.ts";

/** Classes that travel as a string: the runner makes them of the string again for a call. */
export const wireFormats: Readonly<Record<WireName, string>> = { Date: "date-time", URL: "uri" };

export function isWireName(name: string): name is WireName {
  return Object.hasOwn(wireFormats, name);
}

/** Types of TypeScript's and Node's libraries that JSON cannot carry, with what to write instead. */
const refused: Readonly<Record<string, string>> = {
  RegExp: "use a string",
  Map: "use a `Record<string, ...>`",
  WeakMap: "use a `Record<string, ...>`",
  ReadonlyMap: "use a `Record<string, ...>`",
  Set: "use an array",
  WeakSet: "use an array",
  ReadonlySet: "use an array",
  Promise: "await it: data holds no promises",
  PromiseLike: "await it: data holds no promises",
  Error: "use an object with the message",
  Function: "data holds no functions",
  CallableFunction: "data holds no functions",
  NewableFunction: "data holds no functions",
  Buffer: "use a base64 string",
  ArrayBuffer: "use a base64 string",
  SharedArrayBuffer: "use a base64 string",
  DataView: "use a base64 string",
  Blob: "use a base64 string",
  File: "use a base64 string",
  FormData: "use an object",
  Headers: "use a `Record<string, string>`",
  URLSearchParams: "use a `Record<string, string>`",
  Request: "use an object with the parts that matter",
  Response: "use an object with the parts that matter",
  ReadableStream: "use a string or an array",
  WritableStream: "use a string or an array",
  Readable: "use a string or an array",
  Writable: "use a string or an array",
  EventEmitter: "use an object with the data",
  AbortSignal: "take `ctx: Context` as the last parameter and use `ctx.signal`",
  ArrayLike: "use an array",
  Generator: "return an array",
  AsyncGenerator: "return an array",
  Iterator: "use an array",
  AsyncIterator: "use an array",
  Iterable: "use an array",
  AsyncIterable: "use an array",
  IterableIterator: "use an array",
  AsyncIterableIterator: "use an array",
  ArrayIterator: "use an array",
  Symbol: "use a string",
  BigInt: "use a number, or a string of digits",
  String: "write `string`",
  Number: "write `number`",
  Boolean: "write `boolean`",
};

/** What to use instead of a library's type; null for one that is plain data. */
export function refusedHelp(name: string): string | null {
  if (Object.hasOwn(refused, name)) return refused[name] ?? null;
  if (/^(Big)?(Int|Uint|Float)\d+(Clamped)?Array$/.test(name)) return "use an array of numbers";
  return null;
}
