/** What keeps an image from being made or sent and is no bug: a registry's answer, a missing file, a wrong reference. */
export class ImageError extends Error {
  override readonly name = "ImageError";
  /** `input`: what was asked for is wrong; `outside`: something that noxus needs is missing or refuses. */
  readonly kind: "input" | "outside";
  /** What to do about it. */
  readonly hint: string | null;

  constructor(
    kind: "input" | "outside",
    message: string,
    hint: string | null = null,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.kind = kind;
    this.hint = hint;
  }
}
