import {
  type ArrowFunction,
  type FunctionDeclaration,
  type FunctionExpression,
  type FunctionTypeNode,
  type MethodDeclaration,
  type Symbol as MorphSymbol,
  Node,
  type ParameterDeclaration,
  ts,
} from "ts-morph";
import { diagnostic } from "../diagnostics/codes.ts";
import type { Diagnostic } from "../diagnostics/types.ts";
import { isSdkType, placeOf } from "./classes.ts";
import type { ListedNode } from "./nodes.ts";
import { isLibraryFile, memberDeclaration } from "./syntax.ts";

/** `call` as the checker resolves it for this class, generic bases instantiated. */
export interface CallSignature {
  /** The declaration that the result's diagnostics point at. */
  readonly declaration: Node;
  /** What may carry `@param` and `@returns`, nearest first: the declaration, and the function that it takes over. */
  readonly documented: readonly Node[];
  readonly parameters: readonly CallParameter[];
  readonly takesContext: boolean;
  /** Name of the `Context` parameter; null without one. */
  readonly contextName: string | null;
  /** The last parameter is `...name`: its value is an array. */
  readonly spreadsLast: boolean;
  readonly signature: ts.Signature;
  /** The node's own class, which may inherit `call`. */
  readonly owner: ts.ClassLikeDeclaration;
}

export interface CallParameter {
  readonly name: string;
  readonly declaration: ParameterDeclaration;
  readonly type: ts.Type;
  /** May be left out: optional, with a default, or allowing `undefined`. */
  readonly isOptional: boolean;
}

/** Reads the signature of `call`. Reports NX2006 and NX2010 and returns null when the node cannot be served. */
export function readCall(
  node: ListedNode,
  checker: ts.TypeChecker,
  root: string,
  report: (found: Diagnostic) => void,
): CallSignature | null {
  const nameNode =
    (Node.isClassDeclaration(node.declaration) && node.declaration.getNameNode()) || node.declaration;
  const refuse = (at: Node, what: string, help: string): null => {
    const named = Node.isMethodDeclaration(at) || Node.isPropertyDeclaration(at) ? at.getNameNode() : at;
    report(diagnostic("NX2010", placeOf(named, root), { what, help }));
    return null;
  };
  const isStatic = node.declaration.getStaticMember("call");
  const declaration = memberDeclaration(node.declaration, "call");
  if (declaration === null) {
    if (isStatic !== undefined) return refuse(isStatic, "`call` is static", "remove `static`");
    report(diagnostic("NX2006", placeOf(nameNode, root), { name: node.className }));
    return null;
  }

  const symbol = node.declaration.getType().getProperty("call") as MorphSymbol;
  if (Node.isMethodDeclaration(declaration) || Node.isPropertyDeclaration(declaration)) {
    const scope = declaration.getScope();
    if (scope !== "public") return refuse(declaration, `\`call\` is ${scope}`, `remove \`${scope}\``);
    if (declaration.isAbstract()) return refuse(declaration, "`call` is abstract", "give `call` a body");
  }
  const type = checker.getTypeOfSymbolAtLocation(symbol.compilerSymbol, node.declaration.compilerNode);
  const signatures = type.getCallSignatures();
  const [signature] = signatures;
  if (signature === undefined) {
    report(diagnostic("NX2006", placeOf(declaration, root), { name: node.className }));
    return null;
  }
  if (signatures.length > 1)
    return refuse(
      declaration,
      "`call` is overloaded",
      "keep one signature; a union type can stand for the others",
    );
  if (signature.getTypeParameters() !== undefined)
    return refuse(
      declaration,
      "`call` is generic",
      "name the types: an input's type must be known before it runs",
    );

  const called = functionOf(declaration) ?? borrowedFunction(declaration, symbol, node.declaration);
  if (called === null)
    return refuse(declaration, "the parameters of `call` cannot be read", "declare `call` as a method");
  const declared = called.getParameters();
  const first = declared[0];
  if (first?.getName() === "this")
    return refuse(first, "`call` declares `this`", "remove the `this` parameter");

  const parameters: CallParameter[] = [];
  let contextName: string | null = null;
  let spreadsLast = false;
  for (const [index, parameter] of signature.getParameters().entries()) {
    const at = declared[index];
    if (at === undefined)
      return refuse(declaration, "the parameters of `call` cannot be read", "declare `call` as a method");
    const name = at.getNameNode();
    if (!Node.isIdentifier(name))
      return refuse(
        name,
        "a parameter of `call` is destructured",
        "give it a name: the name is the input's name",
      );
    if (name.getText() === "__proto__")
      return refuse(name, "`__proto__` cannot be an input", "give the parameter another name");
    const type = checker.getTypeOfSymbolAtLocation(parameter, node.declaration.compilerNode);
    if (isSdkType(at.getType().getNonNullableType(), "Context")) {
      if (index !== signature.getParameters().length - 1)
        return refuse(at, "`Context` is not the last parameter", "move it to the end");
      contextName = name.getText();
      continue;
    }
    spreadsLast = at.isRestParameter();
    parameters.push({
      name: name.getText(),
      declaration: at,
      type,
      isOptional: (at.isOptional() && !(spreadsLast && wantsValues(type, checker))) || allowsUndefined(type),
    });
  }
  return {
    declaration,
    documented: called === declaration ? [declaration] : [declaration, documentedBy(called)],
    parameters,
    takesContext: contextName !== null,
    contextName,
    spreadsLast,
    signature,
    owner: node.declaration.compilerNode,
  };
}

/** JSON leaves such a value out. */
export function allowsUndefined(type: ts.Type): boolean {
  if (type.isUnion()) return type.types.some(allowsUndefined);
  return (type.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)) !== 0;
}

/** Whether a rest parameter's tuple wants values. */
function wantsValues(type: ts.Type, checker: ts.TypeChecker): boolean {
  return checker.isTupleType(type) && (type as ts.TupleTypeReference).target.minLength > 0;
}

/** The comment on `const greet = () => ...` stands at the variable. */
function documentedBy(called: Called): Node {
  const parent = called.getParent();
  return Node.isVariableDeclaration(parent) ? parent : called;
}

type Called = MethodDeclaration | FunctionDeclaration | ArrowFunction | FunctionExpression | FunctionTypeNode;

function functionOf(declaration: Node): Called | null {
  if (Node.isMethodDeclaration(declaration)) return declaration;
  if (!Node.isPropertyDeclaration(declaration)) return null;
  const initializer = declaration.getInitializer();
  return Node.isArrowFunction(initializer) || Node.isFunctionExpression(initializer) ? initializer : null;
}

/** The function behind `call = greet`, imported or bound too. What `bind` makes of arguments has no names any more. */
function borrowedFunction(member: Node, call: MorphSymbol, owner: Node): Called | null {
  // `call!: Greet` may be set anywhere, or nowhere.
  if (Node.isPropertyDeclaration(member) && member.getInitializer() === undefined) return null;
  const [signature] = call.getTypeAtLocation(owner).getCallSignatures();
  const declaration: Node | undefined = signature?.getDeclaration();
  const isReadable =
    Node.isMethodDeclaration(declaration) ||
    Node.isFunctionDeclaration(declaration) ||
    Node.isArrowFunction(declaration) ||
    Node.isFunctionExpression(declaration) ||
    Node.isFunctionTypeNode(declaration);
  return isReadable && !isLibraryFile(declaration.getSourceFile().getFilePath()) ? declaration : null;
}
