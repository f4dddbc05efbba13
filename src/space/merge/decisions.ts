import { idHex } from '../../store/ids.ts';
import { Kind, type TreeEntry } from '../../store/tree.ts';
import type { MergeObject } from './classify.ts';
import type { Take } from './matrix.ts';

/** Content that was merged, and stored. */
export type MergedContent = Pick<TreeEntry, 'id' | 'size' | 'flags' | 'mtime'>;

/** A choice for one object. */
export type Decision = { readonly take: Exclude<Take, 'merge'> } | { readonly take: 'merge'; readonly content: MergedContent };

/** A choice counts only as long as all three are as they were when it was made. */
export interface Decided {
  readonly triple: string;
  readonly decision: Decision;
}

const KINDS: Readonly<Record<Kind, string>> = { [Kind.file]: 'file', [Kind.folder]: 'folder', [Kind.link]: 'link' };

/** Base, incoming and mine of an object as a key: `-` where there is none. The same choice may be offered wherever it shows up again. */
export function tripleOf({ base, incoming, mine }: Pick<MergeObject, 'base' | 'incoming' | 'mine'>): string {
  return [base, incoming, mine].map((entry) => (entry === undefined ? '-' : `${KINDS[entry.kind]}-${idHex(entry.id)}`)).join(' ');
}
