import { type Project, ts } from "ts-morph";
import { sdkFile } from "../package-root.ts";
import { type Memory, typeChecks } from "./memory.ts";
import { isWithin, type LoadedProject } from "./project.ts";

/**
 * Adds Node's types to the program where something could need them. Reading them takes longer than everything else
 * about a small plugin, so a project starts without. They can be left out only where they make no difference: the
 * plugin's own sources have no error without them, add nothing to the global scope, see no declarations but
 * TypeScript's and the SDK's (in those of a package a missing type would go unnoticed), and name nothing of the SDK
 * that needs them.
 */
export function completeTypes({ project, memory, laterTypes }: LoadedProject, root: string): void {
  if (laterTypes === null || !needsMore(project, memory, root)) return;
  project.compilerOptions.set({ types: [...laterTypes] });
  if (memory !== undefined) memory.needsTypes = true;
}

function needsMore(project: Project, memory: Memory | undefined, root: string): boolean {
  const program = project.getProgram().compilerObject;
  const own: ts.SourceFile[] = [];
  for (const file of program.getSourceFiles()) {
    if (!file.isDeclarationFile && isWithin(root, file.fileName)) own.push(file);
    else if (file.fileName !== sdkFile && !program.isSourceFileDefaultLibrary(file)) return true;
  }
  if (own.some((file) => namesGlobalOfNode(file, program.getTypeChecker()))) return true;
  const { errorsOf, once } = typeChecks(program, memory);
  const sdk = program.getSourceFile(sdkFile);
  const incomplete =
    sdk === undefined ? [] : once(sdk, "incomplete names", () => incompleteNames(program, sdk));
  // What adds to the global scope, besides.
  const needing = new RegExp(`\\b(${["declare\\s+global", ...(incomplete ?? [])].join("|")})\\b`);
  if (incomplete === null || own.some(({ text }) => needing.test(text))) return true;
  const hasError = (file: ts.SourceFile): boolean =>
    program.getSyntacticDiagnostics(file).length + errorsOf(file).length > 0;
  return program.getGlobalDiagnostics().length > 0 || own.some(hasError);
}

/** Names of what the SDK declares with Node's types. Null where an error in the SDK is in nothing with a name. */
function incompleteNames(program: ts.Program, sdk: ts.SourceFile): readonly string[] | null {
  const names: string[] = [];
  for (const { start = 0 } of program.getSemanticDiagnostics(sdk)) {
    const statement = sdk.statements.find(({ pos, end }) => pos <= start && start < end);
    const name =
      statement === undefined ? undefined : ts.getNameOfDeclaration(statement as ts.DeclarationStatement);
    if (name === undefined || !ts.isIdentifier(name)) return null;
    names.push(name.text);
  }
  return names;
}

/** What sources take from Node most often; any other name is found by the type check. */
const globalsOfNode: ReadonlySet<string> = new Set([
  "console",
  "process",
  "fetch",
  "URL",
  "Buffer",
  "setTimeout",
  "AbortSignal",
  "crypto",
]);

const mentions = new WeakMap<ts.SourceFile, readonly ts.Identifier[]>();

/** Whether a type check would miss one of Node's globals, without making the check. */
function namesGlobalOfNode(file: ts.SourceFile, checker: ts.TypeChecker): boolean {
  const found = mentions.get(file) ?? mentionsIn(file);
  mentions.set(file, found);
  return found.some((name) => checker.getSymbolAtLocation(name) === undefined);
}

/** `name.member`, `name()` and `new name()`, where nothing can keep a missing name from being an error. */
function mentionsIn(file: ts.SourceFile): readonly ts.Identifier[] {
  if (!/\.[cm]?tsx?$/.test(file.fileName) || file.text.includes("@ts-")) return [];
  const found: ts.Identifier[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) || ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const { expression } = node;
      if (ts.isIdentifier(expression) && globalsOfNode.has(expression.text)) found.push(expression);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
