/** True for a name that one of the patterns fits, in which `*` stands for anything. */
export function fitsAny(patterns: readonly string[], name: string): boolean {
  // Settings are written by hand: what is no list of texts fits nothing.
  return Array.isArray(patterns) && patterns.some((pattern) => typeof pattern === 'string' && asExpression(pattern).test(name));
}

function asExpression(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
