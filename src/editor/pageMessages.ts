/** What the messages of all pages are made of. What a page sends, and what was kept of one, may be anything: it is looked at field by field. */

/** Something to be chosen. */
export interface Option<Value extends string = string> {
  readonly value: Value;
  readonly label: string;
}

/** In place of a page's contents. */
export interface Waiting {
  readonly state: 'reading' | 'failed';
  readonly text: string;
}

/** What is to be told to who can't see it; told once for each number. */
export interface Said {
  readonly number: number;
  readonly text: string;
}

export function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

export function isOneOf<Value extends string>(values: readonly Value[], value: unknown): value is Value {
  return (values as readonly unknown[]).includes(value);
}
