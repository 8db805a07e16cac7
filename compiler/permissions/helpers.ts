import type { Variable } from "eslint-scope";
import type { CallExpression, Node } from "estree";
import { isMemberWritten } from "./constant.ts";
import { isInterop, squeeze, textOf } from "./interop.ts";
import { endOf, type Program, startOf } from "./program.ts";

/** The parts of esbuild's own code that carry meaning for the analysis. */
export interface Helpers {
  /** Which helper a callee is; null for everything else, look-alikes included. */
  readonly nameOf: (callee: Node) => HelperName | null;
  /** The variable that holds esbuild's stand-in for `require`. */
  readonly require: Variable | null;
  /** Whether the reference stands inside esbuild's own code. */
  readonly isOwn: (node: Node) => boolean;
}

export type HelperName =
  | "__importStar"
  | "__require"
  | "__commonJS"
  | "__esm"
  | "__export"
  | "__copyProps"
  | "__toESM"
  | "__toCommonJS";

/**
 * Helper texts of esbuild 0.28, without comments and white space. A declaration counts as a helper only when its text
 * is exactly this: a plugin may name a function of its own `__toESM`. When esbuild is updated and a text changes, the
 * tests of CommonJS packages fail.
 */
const texts: Readonly<Record<Exclude<HelperName, "__importStar">, string>> = {
  __require:
    '((x)=>typeofrequire!=="undefined"?require:typeofProxy!=="undefined"?newProxy(x,{get:(a,b)=>(typeofrequire!=="undefined"?require:a)[b]}):x)(function(x){if(typeofrequire!=="undefined")returnrequire.apply(this,arguments);throwError(\'Dynamicrequireof"\'+x+\'"isnotsupported\');})',
  __commonJS:
    "(cb,mod)=>function__require(){try{returnmod||(0,cb[__getOwnPropNames(cb)[0]])((mod={exports:{}}).exports,mod),mod.exports;}catch(e){throwmod=0,e;}}",
  __esm:
    "(fn,res,err)=>function__init(){if(err)throwerr[0];try{returnfn&&(res=(0,fn[__getOwnPropNames(fn)[0]])(fn=0)),res;}catch(e){throwerr=[e],e;}}",
  __export: "(target,all)=>{for(varnameinall)__defProp(target,name,{get:all[name],enumerable:true});}",
  __copyProps:
    '(to,from,except,desc)=>{if(from&&typeoffrom==="object"||typeoffrom==="function"){for(letkeyof__getOwnPropNames(from))if(!__hasOwnProp.call(to,key)&&key!==except)__defProp(to,key,{get:()=>from[key],enumerable:!(desc=__getOwnPropDesc(from,key))||desc.enumerable});}returnto;}',
  __toESM:
    '(mod,isNodeMode,target)=>(target=mod!=null?__create(__getProtoOf(mod)):{},__copyProps(isNodeMode||!mod||!mod.__esModule?__defProp(target,"default",{value:mod,enumerable:true}):target,mod))',
  __toCommonJS: '(mod)=>__copyProps(__defProp({},"__esModule",{value:true}),mod)',
};

/**
 * TypeScript's helper for `import * as x` in CommonJS, in the forms of 4.x and 5.x as esbuild prints them. It makes an
 * object with the module's members, like `__toESM`, given that the two helpers it calls are TypeScript's too.
 */
const importStarTexts: ReadonlySet<string> = new Set([
  'exports&&exports.__importStar||function(mod){if(mod&&mod.__esModule)returnmod;varresult={};if(mod!=null){for(varkinmod)if(k!=="default"&&Object.prototype.hasOwnProperty.call(mod,k))__createBinding(result,mod,k);}__setModuleDefault(result,mod);returnresult;}',
  'exports&&exports.__importStar||(function(){varownKeys=function(o){ownKeys=Object.getOwnPropertyNames||function(o){varar=[];for(varkino)if(Object.prototype.hasOwnProperty.call(o,k))ar[ar.length]=k;returnar;};returnownKeys(o);};returnfunction(mod){if(mod&&mod.__esModule)returnmod;varresult={};if(mod!=null){for(vark=ownKeys(mod),i=0;i<k.length;i++)if(k[i]!=="default")__createBinding(result,mod,k[i]);}__setModuleDefault(result,mod);returnresult;};})()',
]);
const importStarParts: Readonly<Record<string, string>> = {
  __createBinding:
    'exports&&exports.__createBinding||(Object.create?(function(o,m,k,k){if(k===void0)k=k;vardesc=Object.getOwnPropertyDescriptor(m,k);if(!desc||("get"indesc?!m.__esModule:desc.writable||desc.configurable)){desc={enumerable:true,get:function(){returnm[k];}};}Object.defineProperty(o,k,desc);}):(function(o,m,k,k){if(k===void0)k=k;o[k]=m[k];}))',
  __setModuleDefault:
    'exports&&exports.__setModuleDefault||(Object.create?(function(o,v){Object.defineProperty(o,"default",{enumerable:true,value:v});}):function(o,v){o["default"]=v;})',
};

export function findHelpers(program: Program): Helpers {
  const found = new Map<Variable, HelperName>();
  const bodies = new Set<Node>();
  for (const variable of program.moduleScope.variables) {
    const name = isHelperName(variable.name) ? variable.name : null;
    const [definition, ...others] = variable.defs;
    if (name === null || definition?.type !== "Variable" || others.length > 0) continue;
    const { init } = definition.node;
    if (init === null || init === undefined) continue;
    if (variable.references.some((reference) => reference.isWrite() && reference.init !== true)) continue;
    if (squeeze(program.text.slice(startOf(init), endOf(init))) !== texts[name]) continue;
    found.set(variable, name);
    bodies.add(init);
  }
  const names = new Set(found.values());
  // These two are what they seem only on top of the real `__copyProps`.
  for (const [variable, name] of found) {
    if ((name === "__toESM" || name === "__toCommonJS") && !names.has("__copyProps")) found.delete(variable);
  }
  const requireVariable = [...found].find(([, name]) => name === "__require")?.[0] ?? null;
  return {
    nameOf: (callee) => {
      const variable = callee.type === "Identifier" ? program.variableOf(callee) : null;
      if (variable === null) return null;
      if (found.has(variable)) return found.get(variable) ?? null;
      return isImportStar(program, variable) || isInterop(program, variable, texts) ? "__importStar" : null;
    },
    require: requireVariable,
    isOwn: (node) => [...bodies].some((body) => startOf(body) <= startOf(node) && endOf(node) <= endOf(body)),
  };
}

/** `__commonJS({ "file"(exports, module) { ... } })`: the module's function and the file's name. */
export function wrappedModule(
  call: Node | null | undefined,
  helpers: Helpers,
): {
  readonly name: string;
  readonly body: Node;
  readonly params: readonly Node[];
  /** Whether it is called with `exports` and `module`. */
  readonly isCommonJs: boolean;
} | null {
  if (call?.type !== "CallExpression") return null;
  const helper = helpers.nameOf(call.callee);
  if (helper !== "__commonJS" && helper !== "__esm") return null;
  const property = onlyProperty(call);
  if (property?.type !== "Property" || property.key.type !== "Literal") return null;
  if (property.value.type !== "FunctionExpression") return null;
  const { body, params } = property.value;
  return { name: String(property.key.value), body, params, isCommonJs: helper === "__commonJS" };
}

function isImportStar(program: Program, variable: Variable): boolean {
  if (!/^__importStar\d*$/.test(variable.name) || !importStarTexts.has(textOf(program, variable)))
    return false;
  if (isMemberWritten(program, "__importStar")) return false;
  return Object.entries(importStarParts).every(([name, text]) => {
    const part = variable.scope.variables.find((each) => each.name.replace(/\d+$/, "") === name);
    return part !== undefined && textOf(program, part) === text && !isMemberWritten(program, name);
  });
}

function onlyProperty(call: CallExpression): Node | null {
  const [object] = call.arguments;
  return object?.type === "ObjectExpression" && object.properties.length === 1
    ? (object.properties[0] ?? null)
    : null;
}

function isHelperName(name: string): name is keyof typeof texts {
  return Object.hasOwn(texts, name);
}
