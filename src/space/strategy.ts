/** What happens where the target already holds something else; `overwrite` unless another one is chosen. */
export const STRATEGIES = ['overwrite', 'skip', 'rename', 'mirror', 'ask'] as const;
export type Strategy = (typeof STRATEGIES)[number];

export function isStrategy(value: unknown): value is Strategy {
  return STRATEGIES.some((strategy) => strategy === value);
}
