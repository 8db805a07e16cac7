/** Asked between the steps of an analysis: whether nobody waits for it any more. */
export interface CancelSignal {
  readonly aborted: boolean;
}

/** Thrown by an analysis that nobody waits for any more. */
export class Cancelled extends Error {
  constructor() {
    super("the analysis was cancelled");
    this.name = "Cancelled";
  }
}
