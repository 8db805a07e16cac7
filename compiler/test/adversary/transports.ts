import type { Transport } from "./case.ts";
import { fill } from "./fill.ts";

const typescript = { languages: ["ts"] } as const;
const waiting = { awaits: true } as const;

/** `V` is the value, `X` a new name; the last part is the expression, the parts before it are statements. */
function carry(
  name: string,
  parts: readonly string[],
  extra: Omit<Transport, "name" | "make"> = {},
): Transport {
  return {
    name,
    ...extra,
    make: (value, scope) => fill(parts, { V: value }, scope),
  };
}

/** Ways to carry a value that every language of JavaScript has. */
export const transports: readonly Transport[] = [
  // Names.
  carry("a constant", ["const X = V;", "X"]),
  carry("two constants", ["const Xa = V; const X = Xa;", "X"]),
  carry("a variable", ["let X; X = V;", "X"]),
  carry("a variable that held something else", ["let X = null; X = V;", "X"]),
  carry("a var used before it stands", ["X = V; var X;", "X"]),
  carry("a comma", ["(0, V)"]),
  carry("parentheses", ["((V))"]),
  carry("a choice", ["(Math.random() < 2 ? V : null)"]),
  carry("or", ["(null || V)"]),
  carry("and", ["(1 && V)"]),
  carry("nullish", ["(undefined ?? V)"]),
  carry("a logical assignment", ["let X = null; X ??= V;", "X"]),
  carry("the value of an assignment", ["let X; const Xa = (X = V);", "Xa"]),
  carry("a block", ["let X; { const Xa = V; X = Xa; }", "X"]),
  carry("a labelled block", ["let X; Xl: { X = V; break Xl; }", "X"]),
  carry("a switch", ["let X; switch (1) { case 1: X = V; break; default: X = null; }", "X"]),
  carry("a loop", ["let X; for (const Xa of [V]) X = Xa;", "X"]),
  carry("a loop over entries", ["let X; for (const [, Xa] of Object.entries({ k: V })) X = Xa;", "X"]),
  carry("a loop over keys", ["let X; const Xo = { k: V }; for (const Xk in Xo) X = Xo[Xk];", "X"]),
  carry("a thrown value", ["let X; try { throw V; } catch (Xe) { X = Xe; }", "X"]),
  carry("a finally", ["let X; try { X = null; } finally { X = V; }", "X"]),

  // Lists.
  carry("a list", ["[V][0]"]),
  carry("a kept list", ["const X = [1, V];", "X[1]"]),
  carry("a destructured list", ["const [X] = [V];", "X"]),
  carry("a nested list", ["const [[, X]] = [[1, V]];", "X"]),
  carry("the rest of a list", ["const [, ...X] = [1, V];", "X[0]"]),
  carry("a list with a hole", ["const [, X = V] = [1];", "X"]),
  carry("a spread list", ["const X = [...[V]];", "X[0]"]),
  carry("a list whose iterator is changed", [
    "let X; const Xi = Array.prototype[Symbol.iterator]; Array.prototype[Symbol.iterator] = function () { X ??= this[0]; return Xi.call(this); }; const [Xu] = [V]; Array.prototype[Symbol.iterator] = Xi; void Xu;",
    "X",
  ]),
  carry("a loop whose iterator is defined", [
    "let X; const Xd = Object.getOwnPropertyDescriptor(Array.prototype, Symbol.iterator); Object.defineProperty(Array.prototype, Symbol.iterator, { ...Xd, value() { X ??= this[0]; return Xd.value.call(this); } }); for (const Xu of [V]) void Xu; Object.defineProperty(Array.prototype, Symbol.iterator, Xd);",
    "X",
  ]),
  carry("a loop over a kept list", ["let X; const Xl = [null, V]; for (const Xa of Xl) X = Xa;", "X"]),
  carry("a loop that destructures", ["let X; for (const { k: Xa } of [{ k: V }]) X = Xa;", "X"]),
  carry("a descriptor in a list", ['Reflect.getOwnPropertyDescriptor([1, V], "1").value']),
  carry("a descriptor's getter", ['Object.getOwnPropertyDescriptor({ get k() { return V; } }, "k").get()']),
  carry("pop", ["[V].pop()"]),
  carry("at", ["[V].at(-1)"]),
  carry("push", ["const X = []; X.push(V);", "X[0]"]),
  carry("concat", ["[].concat(V)[0]"]),
  carry("slice", ["[V].slice()[0]"]),
  carry("Array.of", ["Array.of(V)[0]"]),
  carry("Array.from", ["Array.from([V], (x) => x)[0]"]),
  carry("Array.from of an iterable", ["Array.from({ length: 1, 0: V })[0]"]),
  carry("fill", ["new Array(1).fill(V)[0]"]),
  carry("a swap", ["let X = V, Xa = null; [X, Xa] = [Xa, X];", "Xa"]),
  carry("a computed index", ["const X = [V];", "X[Number(0)]"]),

  // Objects.
  carry("an object", ["({ k: V }).k"]),
  carry("a kept object", ["const X = { k: V };", "X.k"]),
  carry("a string key", ['const X = { "k": V };', 'X["k"]']),
  carry("a folded key", ["const X = { key: V };", 'X["k" + "ey"]']),
  carry("an unknown key", ["const X = { k: V };", "X[Object.keys(X)[0]]"]),
  carry("a computed key", ['const Xk = "k" + 1; const X = { [Xk]: V };', "X.k1"]),
  carry("a shorthand", ["const X = V; const Xo = { X };", "Xo.X"]),
  carry("a destructured object", ["const { k: X } = { k: V };", "X"]),
  carry("a destructured default", ["const { k: X = V } = {};", "X"]),
  carry("a deep object", ["const X = { a: { b: [{ c: V }] } };", "X.a.b[0].c"]),
  carry("a deep destructuring", ["const { a: { b: X } } = { a: { b: V } };", "X"]),
  carry("the rest of an object", ["const { a: Xa, ...X } = { a: 1, k: V };", "X.k"]),
  carry("a spread object", ["const X = { ...{ k: V } };", "X.k"]),
  carry("a later member", ["const X = {}; X.k = V;", "X.k"]),
  carry("a later computed member", ['const X = {}; X[["k"].join()] = V;', "X.k"]),
  carry("a method", ["const X = { get() { return V; } };", "X.get()"]),
  carry("an arrow in an object", ["const X = { get: () => V };", "X.get()"]),
  carry("a getter", ["const X = { get k() { return V; } };", "X.k"]),
  carry("a setter", ["let X; ({ set k(v) { X = v; } }).k = V;", "X"]),
  carry("this of a method", ["({ k: V, get() { return this.k; } }).get()"]),
  carry("super of a method", [
    "const X = { __proto__: { get() { return V; } }, get() { return super.get(); } };",
    "X.get()",
  ]),
  carry("a symbol key", ["const Xs = Symbol(); const X = { [Xs]: V };", "X[Xs]"]),
  carry("a registered symbol", ['const X = { [Symbol.for("a")]: V };', 'X[Symbol.for("a")]']),
  carry("Object.assign", ["const X = Object.assign({}, { k: V });", "X.k"]),
  carry("Object.create", ["const X = Object.create({ k: V });", "X.k"]),
  carry("Object.create with descriptors", ["const X = Object.create(null, { k: { value: V } });", "X.k"]),
  carry("Object.defineProperty", ['const X = {}; Object.defineProperty(X, "k", { value: V });', "X.k"]),
  carry("a defined getter", ['const X = {}; Object.defineProperty(X, "k", { get: () => V });', "X.k"]),
  carry("Reflect.defineProperty", [
    'const X = {}; Reflect.defineProperty(X, "k", { get() { return V; } });',
    "X.k",
  ]),
  carry("Object.setPrototypeOf", ["const X = {}; Object.setPrototypeOf(X, { k: V });", "X.k"]),
  carry("Object.entries", ["Object.entries({ k: V })[0][1]"]),
  carry("Object.values", ["Object.values({ k: V })[0]"]),
  carry("Object.fromEntries", ['Object.fromEntries([["k", V]]).k']),
  carry("Object.freeze", ["Object.freeze({ k: V }).k"]),
  carry("Object.groupBy", ['Object.groupBy([{ k: V }], () => "a").a[0].k']),
  carry("a descriptor", ['Object.getOwnPropertyDescriptor({ k: V }, "k").value']),
  carry("Reflect.get", ['Reflect.get({ k: V }, "k")']),
  carry("Reflect.set", ['const X = {}; Reflect.set(X, "k", V);', "X.k"]),
  carry("a proxy", ["const X = new Proxy({ k: V }, {});", "X.k"]),
  carry("a proxy's trap", ["const X = new Proxy({}, { get: () => V });", "X.anything"]),
  carry("a prototype of lists", [
    "const X = Object.assign(Object.create(Array.prototype), { k: V });",
    "X.k",
  ]),
  carry("an optional chain", ["const X = { k: { l: V } };", "X?.k?.l"]),
  carry("an error's cause", ['new Error("x", { cause: V }).cause']),
  carry("a member of an error", ['const X = Object.assign(new Error("x"), { k: V });', "X.k"]),
  carry("a member of a function", ["const X = () => {}; X.k = V;", "X.k"]),
  carry("a member of the global object", ["globalThis.X = V;", "globalThis.X"]),
  carry("a global name", ["globalThis.X = V;", "(0, X)"], { languages: ["js", "cjs"] }),
  carry("a symbol of the global object", [
    'const X = Symbol.for("noxus.X"); globalThis[X] = V;',
    "globalThis[X]",
  ]),

  // Collections.
  carry("a map", ["new Map([[1, V]]).get(1)"]),
  carry("a kept map", ['const X = new Map(); X.set("k", V);', 'X.get("k")']),
  carry("a loop over a map", ["let X; new Map([[1, V]]).forEach((v) => { X = v; });", "X"]),
  carry("a weak map", ["const Xk = {}; const X = new WeakMap([[Xk, V]]);", "X.get(Xk)"]),
  carry("a set", ["[...new Set([V])][0]"]),
  carry("values of a set", ["new Set([V]).values().next().value"]),
  carry("a weak reference", ["new WeakRef({ k: V }).deref().k"]),
  carry("an iterator helper", ["[V].values().map((x) => x).toArray()[0]"]),

  // Functions.
  carry("a called arrow", ["(() => V)()"]),
  carry("a called function", ["(function () { return V; })()"]),
  carry("a function", ["function X() { return V; }", "X()"]),
  carry("a kept arrow", ["const X = () => V;", "X()"]),
  carry("a parameter", ["((x) => x)(V)"]),
  carry("a parameter of a kept function", ["const X = (v) => v;", "X(V)"]),
  carry("a parameter of a function statement", ["function X(v) { return v; }", "X(V)"]),
  carry("a second parameter", ["((_, v) => v)(1, V)"]),
  carry("a default parameter", ["((v = V) => v)()"]),
  carry("a default that sees another", ["((a = V, b = a) => b)()"]),
  carry("a rest parameter", ["((...all) => all[0])(V)"]),
  carry("a spread argument", ["((v) => v)(...[V])"]),
  carry("arguments", ["(function () { return arguments[0]; })(V)"]),
  carry("a destructured parameter", ["(({ k }) => k)({ k: V })"]),
  carry("a destructured list parameter", ["(([k]) => k)([V])"]),
  carry("a closure", ["const X = (v) => () => v;", "X(V)()"]),
  carry("a closure of closures", [
    "const X = (v) => { const inner = () => v; return { inner }; };",
    "X(V).inner()",
  ]),
  carry("a variable of a closure", [
    "const X = (() => { let kept; return { set: (v) => { kept = v; }, get: () => kept }; })(); X.set(V);",
    "X.get()",
  ]),
  carry("a callback", ["let X; ((done) => done(V))((v) => { X = v; });", "X"]),
  carry("recursion", ["const X = (n, v) => (n === 0 ? v : X(n - 1, v));", "X(2, V)"]),
  carry("a function that returns itself", [
    "const X = function inner(n) { return n ? V : inner(1); };",
    "X(0)",
  ]),
  carry("call", ["((v) => v).call(null, V)"]),
  carry("apply", ["((v) => v).apply(null, [V])"]),
  carry("bind", ["((v) => v).bind(null, V)()"]),
  carry("this by call", ["(function () { return this.k; }).call({ k: V })"]),
  carry("Reflect.apply", ["Reflect.apply((v) => v, null, [V])"]),
  carry("memoising", ["const X = ((f) => { let c; return () => (c ??= f()); })(() => V);", "X()"]),
  carry("composition", ["[(v) => v, (v) => ({ v }), ({ v }) => v].reduce((a, f) => f(a), V)"]),
  carry("a tagged template", ["((_, v) => v)`${V}`"]),
  carry("a tag that returns a function", ["((_, v) => () => v)`${V}`()"]),
  carry("new.target", [
    "(function () { return new.target ? { k: V } : null; })",
    "new (function () { this.k = V; })().k",
  ]),

  // Callbacks of built-ins.
  carry("map", ["[V].map((x) => x)[0]"]),
  carry("map by call", ["Array.prototype.map.call([V], (x) => x)[0]"]),
  carry("filter", ["[V].filter(() => true)[0]"]),
  carry("find", ["[V].find(() => true)"]),
  carry("flatMap", ["[1].flatMap(() => V)[0]"]),
  carry("reduce", ["[1].reduce(() => V, null)"]),
  carry("forEach", ["let X; [V].forEach((v) => { X = v; });", "X"]),
  carry("a sort's comparator", ["let X; [V, V].sort((a) => { X = a; return 0; });", "X"]),
  carry("a callback's own object", ["[1].map(function () { return this.k; }, { k: V })[0]"]),
  carry("a replace callback", ['let X; "a".replace("a", () => { X = V; return ""; });', "X"]),
  carry("a JSON reviver", ['JSON.parse(\'{"k":1}\', (key, v) => (key === "k" ? V : v)).k']),
  carry("a JSON replacer", ["let X; JSON.stringify({ k: 1 }, (_, v) => { X = V; return v; });", "X"]),
  carry("toJSON", ["let X; JSON.stringify({ toJSON() { X = V; return 1; } });", "X"]),
  carry("toString", ['let X; String({ toString() { X = V; return ""; } });', "X"]),
  carry("valueOf", ["let X; void (1 + { valueOf() { X = V; return 1; } });", "X"]),
  carry("toPrimitive", ['let X; `${{ [Symbol.toPrimitive]() { X = V; return ""; } }}`;', "X"]),
  carry("hasInstance", [
    "let X; void ({} instanceof { [Symbol.hasInstance]() { X = V; return true; } });",
    "X",
  ]),
  carry("Array.from's length", ["let X; Array.from({ get length() { X = V; return 0; } });", "X"]),

  // Iteration.
  carry("a generator", ["(function* () { yield V; })().next().value"]),
  carry("a generator's return", ["(function* () { return V; })().next().value"]),
  carry("a delegating generator", ["[...(function* () { yield* [V]; })()][0]"]),
  carry("a value sent to a generator", [
    "const X = (function* () { const got = yield; yield got; })(); X.next();",
    "X.next(V).value",
  ]),
  carry("an iterable", ["const [X] = { *[Symbol.iterator]() { yield V; } };", "X"]),
  carry("an iterator by hand", [
    "const X = { [Symbol.iterator]: () => ({ next: () => ({ done: false, value: V }) }) }; const [Xv] = X;",
    "Xv",
  ]),

  // Classes.
  carry("a static field", ["class X { static k = V; }", "X.k"]),
  carry("a static method", ["class X { static get() { return V; } }", "X.get()"]),
  carry("a static block", ["let X; class Xc { static { X = V; } }", "X"]),
  carry("a private static", ["class X { static #k = V; static get() { return X.#k; } }", "X.get()"]),
  carry("a static accessor", ["class X { static get k() { return V; } }", "X.k"]),
  carry("a field", ["class X { k = V; }", "new X().k"]),
  carry("a private field", ["class X { #k = V; get() { return this.#k; } }", "new X().get()"]),
  carry("a private method", ["class X { #k() { return V; } get() { return this.#k(); } }", "new X().get()"]),
  carry("a constructor's parameter", ["class X { constructor(v) { this.k = v; } }", "new X(V).k"]),
  carry("a private field by constructor", [
    "class X { #k; constructor(v) { this.#k = v; } get k() { return this.#k; } }",
    "new X(V).k",
  ]),
  carry("an inherited field", ["class Xa { k = V; } class X extends Xa {}", "new X().k"]),
  carry("an inherited static", ["class Xa { static k = V; } class X extends Xa {}", "X.k"]),
  carry("a super call", [
    "class Xa { constructor(v) { this.k = v; } } class X extends Xa { constructor() { super(V); } }",
    "new X().k",
  ]),
  carry("an overridden method", [
    "class Xa { run() { return this.pick(); } pick() { return null; } } class X extends Xa { pick() { return V; } }",
    "new X().run()",
  ]),
  carry("a class expression", ["new (class { get() { return V; } })().get()"]),
  carry("a mixin", ["const X = (Base) => class extends Base { k = V; };", "new (X(Object))().k"]),
  carry("a computed method", ['class X { ["g" + "et"]() { return V; } }', "new X().get()"]),
  carry("a prototype's member", ["class X {} X.prototype.k = V;", "new X().k"]),
  carry("a constructor function", ["function X() { this.k = V; }", "new X().k"]),
  carry("a returned object of a constructor", [
    "class X { constructor() { return { k: V }; } }",
    "new X().k",
  ]),
  carry("a class with fields by name", ['const Xk = "k"; class X { [Xk] = V; }', "new X().k"]),

  carry("a private field of another object", [
    "class X { #k; constructor(v) { this.#k = v; } static of(o) { return o.#k; } }",
    "X.of(new X(V))",
  ]),
  carry("a private field seen by a class inside", [
    "class X { #k = V; get() { const me = this; return new (class { #l = 1; get() { return me.#k; } })().get(); } }",
    "new X().get()",
  ]),
  carry("a private setter", [
    "let X; class Xc { set #k(v) { X = v; } constructor(v) { this.#k = v; } } new Xc(V);",
    "X",
  ]),
  // Calls that do not look like one.
  carry("super in a method without its object", [
    "class Xa { get() { return V; } } class Xb extends Xa { run() { return super.get(); } } const { run: X } = new Xb();",
    "X()",
  ]),
  carry("a setter of a base class", [
    "let X; class Xa { set k(v) { X = v; } } class Xb extends Xa { run() { super.k = V; } } new Xb().run();",
    "X",
  ]),
  carry(
    "a private method of an object that came back",
    [
      "class Xa { #k() { return V; } static of(o) { return o.#k(); } } const X = await Promise.resolve(new Xa());",
      "Xa.of(X)",
    ],
    waiting,
  ),
  carry("the species of a list", [
    "let X; class Xa { constructor() { X = V; } } const Xl = [1]; Xl.constructor = { [Symbol.species]: Xa }; Xl.map((v) => v);",
    "X",
  ]),
  carry("the name of an error", [
    'let X; class Xa extends Error { get name() { X = V; return "x"; } } void new Xa("m").stack;',
    "X",
  ]),
  carry("the prototype of a class", ["class Xa {} Xa.prototype.k = V; const X = new Xa();", "X.k"]),
  carry("text for an index", ["let X; const Xa = { valueOf() { X = V; return 0; } }; [1].at(Xa);", "X"]),
  carry("a private field set by destructuring", [
    "class X { #k; set(v) { [this.#k] = [v]; return this; } get() { return this.#k; } }",
    "new X().set(V).get()",
  ]),

  // Methods that were put there later.
  carry("a method set anew", [
    "const X = { f: () => null, k: V }; X.f = function () { return this.k; };",
    "X.f()",
  ]),
  carry("a method set under a computed name", [
    'const X = { f: () => null, k: V }; let Xk = ""; for (const c of ["f"]) Xk += c; X[Xk] = function () { return this.k; };',
    "X.f()",
  ]),
  carry("a method set by a function", [
    "const X = { f: () => null, k: V }; ((o, f) => { o.f = f; })(X, function () { return this.k; });",
    "X.f()",
  ]),
  carry("a method by destructuring", [
    "const X = { f: () => null, k: V }; [X.f] = [function () { return this.k; }];",
    "X.f()",
  ]),
  carry("a method of all objects", ["const X = { f: Object.prototype.valueOf, k: V };", "X.f().k"]),
  carry("a method of all lists", ["const X = { f: Array.prototype.at, 0: V, length: 1 };", "X.f(0)"]),
  carry("a method that a function made", [
    "const Xm = () => function () { return this.k; }; const X = { f: Xm(), k: V };",
    "X.f()",
  ]),
  carry("a method that hands its object on", [
    "let X; const Xo = { f() { X = this; }, k: V }; Xo.f();",
    "X.k",
  ]),

  // Tables that are read by names.
  ...[
    ["a word of a name", 'Xs("%k%")[0]', ""],
    ["a word that was pushed", 'Xs("%o%")[0]', 'list.push(list.pop() === "o" ? "k" : "o");'],
    ["a word that was set", 'Xs("%o%")[0]', 'list[0] = "k";'],
    ["a word of an alias", 'Xa["%" + Xs("%l%")[0] + "%"][0]', ""],
    ["a word by pieces", 'Xs("%kk%")[0].slice(1)', ""],
  ].map(([name = "", word = "", more = ""]) =>
    carry(`a table by ${name}`, [
      "const Xr = Function.prototype.bind.call(Function.prototype.call, String.prototype.replace);",
      `const Xs = (text) => { const list = []; Xr(text, /[^%]+/g, (word) => { list[list.length] = word; }); ${more} return list; };`,
      'const Xa = { __proto__: null, "%l%": ["k"] };',
      'const X = { __proto__: null, "%k%": V, "%o%": null };',
      `const Xk = "%" + ${word} + "%";`,
      "X[Xk]",
    ]),
  ),
  carry("a table that a name is added to", [
    'const X = { "%o%": null }; const Xs = (name) => { X[name] = V; return X[name]; };',
    'Xs("%k%")',
  ]),
  carry("a table with a prototype set by a name", [
    'const X = { o: null, k: V }; let Xk = ""; for (const c of ["__", "proto", "__"]) Xk += c; X[Xk] = { get l() { return this.k; } };',
    "X.l",
  ]),
  carry("a value behind a name", [
    'const X = (name) => { if (name === "k") return V; return null; }; X("o");',
    'X("k")',
  ]),
  carry("a value behind a name that is made", [
    'const X = (name) => { if (name === "ok") return V; return null; }; let Xk = ""; for (const c of ["o", "k"]) Xk += c;',
    "X(Xk)",
  ]),
  carry("a value behind a name of a recursive call", [
    'const X = function inner(name) { if (name === "a") return inner("b"); if (name === "b") return V; return null; };',
    'X("a")',
  ]),
  carry("a way around a method that is there", [
    "const Xo = function () { return V; }; const X = Function.prototype.bind || Xo; void X;",
    "Xo()",
  ]),
  carry("a way around a method that was taken away", [
    "const Xb = Function.prototype.bind; Function.prototype.bind = undefined; const Xf = Function.prototype.bind || (() => V); Function.prototype.bind = Xb;",
    "Xf()",
  ]),

  // Promises and events.
  carry("await", ["(await V)"], waiting),
  carry("a promise", ["(await Promise.resolve(V))"], waiting),
  carry("then", ["(await Promise.resolve(V).then((x) => x))"], waiting),
  carry("then of nothing", ["(await Promise.resolve().then(() => V))"], waiting),
  carry("a new promise", ["(await new Promise((resolve) => resolve(V)))"], waiting),
  carry("a rejection", ["(await Promise.reject(V).catch((x) => x))"], waiting),
  carry("Promise.all", ["(await Promise.all([1, V]))[1]"], waiting),
  carry("Promise.race", ["(await Promise.race([V]))"], waiting),
  carry(
    "Promise.withResolvers",
    ["const X = Promise.withResolvers(); X.resolve(V);", "(await X.promise)"],
    waiting,
  ),
  carry("a thenable", ["(await { then(done) { done(V); } })"], waiting),
  carry("an async function", ["(await (async () => V)())"], waiting),
  carry("an async generator", ["(await (async function* () { yield V; })().next()).value"], waiting),
  carry("for await", ["let X; for await (const v of [Promise.resolve(V)]) X = v;", "X"], waiting),
  carry("a timer", ["(await new Promise((resolve) => setTimeout(resolve, 0, V)))"], waiting),
  carry("setImmediate", ["(await new Promise((resolve) => setImmediate(resolve, V)))"], waiting),
  carry("queueMicrotask", ["(await new Promise((resolve) => queueMicrotask(() => resolve(V))))"], waiting),
  carry("nextTick", ["(await new Promise((resolve) => process.nextTick(resolve, V)))"], waiting),
  carry("an event", [
    'let X; const Xt = new EventTarget(); Xt.addEventListener("a", (e) => { X = e.detail; }); Xt.dispatchEvent(new CustomEvent("a", { detail: V }));',
    "X",
  ]),
  carry("an abort reason", ["const X = new AbortController(); X.abort(V);", "X.signal.reason"]),
  carry("Array.fromAsync", ["(await Array.fromAsync([V]))[0]"], waiting),

  // TypeScript.
  carry("as any", ["(V as any)"], typescript),
  carry("as unknown as", ["(V as unknown as { env: any } & ((x: any) => any))"], typescript),
  carry("a lie about its type", ["const X: string = V as any;", "(X as any)"], typescript),
  carry("satisfies", ["(V satisfies unknown)"], typescript),
  carry("not null", ["V!"], typescript),
  carry("a generic", ["function X<T>(v: T): T { return v; }", "X<any>(V)"], typescript),
  carry("a parameter property", ["class X { constructor(public k: any) {} }", "new X(V).k"], typescript),
  carry(
    "an abstract class",
    [
      "abstract class Xa { abstract get(): any; } class X extends Xa { get() { return V; } }",
      "new X().get()",
    ],
    typescript,
  ),
  carry(
    "an overload",
    ["function X(v: string): string; function X(v: any): any; function X(v: any) { return v; }", "X(V)"],
    typescript,
  ),
  carry(
    "a predicate",
    [
      "const Xp = (v: any): v is string => true; const X: any = V; const Xr = Xp(X) ? X : null;",
      "(Xr as any)",
    ],
    typescript,
  ),
  carry("a computed enum member", ["enum Xe { a = 1 } const X = { [Xe.a]: V };", "X[Xe.a]"], typescript),
  carry("a typed catch", ["let X: any; try { throw V; } catch (e: unknown) { X = e; }", "X"], typescript),
  carry(
    "a decorator",
    ["let X: any; const Xd = (v: any) => (_: any, __: any) => { X = v; }; @Xd(V) class Xc {}", "X"],
    typescript,
  ),
  carry(
    "a method's decorator",
    [
      "const Xd = (f: any, c: any) => () => V; class X { @Xd get() { return null; } }",
      "(new X().get() as any)",
    ],
    typescript,
  ),
  carry("an accessor field", ["class X { accessor k: any = V; }", "new X().k"], typescript),
  carry(
    "a using declaration",
    ["let X: any; { using Xu = { k: V, [Symbol.dispose]() {} } as any; X = Xu.k; }", "X"],
    typescript,
  ),
];
