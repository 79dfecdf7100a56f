export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

/** @param share of the values that lie below, such as 0.99 */
export function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0
}
