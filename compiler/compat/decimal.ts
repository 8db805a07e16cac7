/** Exact: both are read as the decimals that they are written as. */
export function isMultiple(value: number, step: number): boolean {
  const [a, b] = [decimal(value), decimal(step)];
  const digits = BigInt(Math.max(a.digits, b.digits));
  const scaled = (part: { readonly whole: bigint; readonly digits: number }): bigint =>
    part.whole * 10n ** (digits - BigInt(part.digits));
  return scaled(b) !== 0n && scaled(a) % scaled(b) === 0n;
}

function decimal(value: number): { readonly whole: bigint; readonly digits: number } {
  const [, sign = "", integer = "0", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  const shift = Number(exponent) - fraction.length;
  const whole = BigInt(`${sign}${integer}${fraction}`);
  return shift >= 0 ? { whole: whole * 10n ** BigInt(shift), digits: 0 } : { whole, digits: -shift };
}
