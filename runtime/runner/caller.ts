/**
 * Whether the caller of a request is still there. One listener is enough, since a call is in one place at a time, and
 * the general event machinery costs more than all the rest of passing a call on.
 */
export interface Caller {
  readonly isGone: boolean;
  /** Told once, when the caller hangs up before it has its answer; whoever holds the call sets it. */
  onGone: (() => void) | null;
}
