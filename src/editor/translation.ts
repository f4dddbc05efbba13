/** A sentence of the engine, and how the editor says it. What the pattern finds in it is passed on. */
export type Translation = readonly [english: RegExp, translate: (...parts: readonly (string | undefined)[]) => string];

/** What a pattern has found, which is there wherever it fits. */
export function part(text: string | undefined): string {
  return text ?? '';
}
