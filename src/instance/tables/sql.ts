/** A name in SQL: any text is one when it is quoted and its quotes are doubled. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** True for names that SQLite takes for the same: it folds the case of ASCII letters only. */
export function isSameName(a: string, b: string): boolean {
  return foldName(a) === foldName(b);
}

export function foldName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Conditions joined as a tree of little depth: SQLite limits that. */
export function anyOf(conditions: readonly string[]): string {
  if (conditions.length <= 8) return conditions.length === 0 ? '0' : `(${conditions.join(' OR ')})`;
  const half = conditions.length >> 1;
  return `(${anyOf(conditions.slice(0, half))} OR ${anyOf(conditions.slice(half))})`;
}
