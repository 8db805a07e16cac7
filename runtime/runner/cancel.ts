/** The `ctx.signal` of a call, made when somebody asks for it: most nodes do not. */
export interface Cancel {
  readonly signal: () => AbortSignal;
  abort(): void;
}

export function createCancel(): Cancel {
  let controller: AbortController | null = null;
  let isAborted = false;
  const hangUp = () => controller?.abort(new Error("the caller hung up"));
  return {
    signal() {
      if (controller === null) {
        controller = new AbortController();
        if (isAborted) hangUp();
      }
      return controller.signal;
    },
    abort() {
      isAborted = true;
      hangUp();
    },
  };
}
