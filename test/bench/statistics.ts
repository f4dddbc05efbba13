/** Middle value, or the mean of the two in the middle; NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** Smallest value; NaN for none. */
export function minimum(values: readonly number[]): number {
  return values.length === 0 ? NaN : Math.min(...values);
}

/**
 * Median of `of` divided by `by` in the same round; NaN when no round has both. What slows a whole round down
 * (another process, a busy disk) drops out of the ratio.
 */
export function pairedRatio(of: ReadonlyMap<number, number>, by: ReadonlyMap<number, number>): number {
  const ratios: number[] = [];
  for (const [round, value] of of) {
    const divisor = by.get(round);
    if (divisor !== undefined && divisor > 0) ratios.push(value / divisor);
  }
  return median(ratios);
}
