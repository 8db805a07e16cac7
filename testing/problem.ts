/** What a caller of the served node would get instead of a result. */
export class NodeProblem extends Error {
  override readonly name = "NodeProblem";
  /** As in the answer over HTTP: `input_invalid`, `node_error`, `timeout`, ... */
  readonly code: string;
  /** HTTP status. */
  readonly status: number;
  /** Every fault, with a JSON pointer into the request or the result. */
  readonly details: readonly { readonly path: string; readonly message: string }[];

  constructor(
    problem: Pick<NodeProblem, "code" | "status" | "details" | "message">,
    thrownAt: string | null,
  ) {
    const { code, status, details, message } = problem;
    super([`${code}: ${message}`, ...details.map((fault) => `  ${fault.path} ${fault.message}`)].join("\n"));
    this.code = code;
    this.status = status;
    this.details = details;
    // Where the node threw says more than where the answer was read.
    if (thrownAt !== null) this.stack = `${this.name}: ${this.message}\nthrown by the node:\n${thrownAt}`;
  }
}
