export interface Fault {
  /** JSON pointer to the value at fault; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/** The plugin folder is not what the compiler wrote: nothing of it may be served. */
export class ManifestError extends Error {
  readonly code: "manifest_missing" | "manifest_invalid" | "digest_mismatch";

  constructor(code: ManifestError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ManifestError";
    this.code = code;
  }
}

/** The server cannot start, or cannot take a new plugin. `faults` lists every wrong configuration value. */
export class StartError extends Error {
  readonly code: "port_in_use" | "listen_failed" | "config_invalid" | "settings_invalid" | "plugin_failed";
  readonly faults: readonly Fault[];

  constructor(
    code: StartError["code"],
    message: string,
    options?: ErrorOptions & { faults?: readonly Fault[] },
  ) {
    super(message, options);
    this.name = "StartError";
    this.code = code;
    this.faults = options?.faults ?? [];
  }
}

/** Every code a client may see, with its HTTP status. */
export const problemStatus = {
  bad_request: 400,
  headers_too_large: 431,
  invalid_header: 400,
  request_timeout: 408,
  expectation_failed: 417,
  not_found: 404,
  node_not_found: 404,
  method_not_allowed: 405,
  invalid_json: 400,
  unsupported_media_type: 415,
  payload_too_large: 413,
  input_invalid: 422,
  timeout: 504,
  node_error: 500,
  output_invalid: 502,
  runner_crashed: 500,
  runner_lost: 503,
  out_of_memory: 500,
  node_unavailable: 503,
  overloaded: 429,
  draining: 503,
  internal: 500,
} as const satisfies Record<string, number>;

export type ProblemCode = keyof typeof problemStatus;

/** An error a client may see as it stands: message and details are safe to send. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly expose = true;
  readonly details: readonly Fault[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    message: string,
    more: { details?: readonly Fault[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.name = "Problem";
    this.code = code;
    this.status = problemStatus[code];
    this.details = more.details ?? [];
    this.headers = more.headers ?? {};
  }
}
