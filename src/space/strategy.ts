/** What happens where the target already holds something else; `overwrite` unless another one is chosen. */
export const STRATEGIES = ['overwrite', 'skip', 'rename', 'mirror', 'ask'] as const;
export type Strategy = (typeof STRATEGIES)[number];

export function isStrategy(value: unknown): value is Strategy {
  return STRATEGIES.some((strategy) => strategy === value);
}

/** For one object at one member; a mirror is a matter of folders. */
const EXCEPTIONAL = ['overwrite', 'skip', 'rename', 'ask'] as const satisfies readonly Strategy[];
export type ExceptionalStrategy = (typeof EXCEPTIONAL)[number];

export function isExceptional(value: unknown): value is ExceptionalStrategy {
  return EXCEPTIONAL.some((strategy) => strategy === value);
}
