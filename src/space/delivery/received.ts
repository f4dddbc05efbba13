/** What this instance has made of deliveries, and the choices for their conflicts: in its own store. */
import { SnapstageError } from '../../base/errors.ts';
import type { StoreFiles } from '../../store/files.ts';
import { decodeChecked, encodeChecked } from '../../store/reservations.ts';
import type { Decided, Decision } from '../merge/decisions.ts';
import { SPACE_FOLDER } from '../participant/belonging.ts';

export interface Received {
  /** `waiting`: but for conflicts. */
  readonly state: 'waiting' | 'applied' | 'undone';
  /** Each time that it changed anything, the latest last. */
  readonly rounds: readonly Round[];
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** Ids of the automatic snapshots of what was there before something was applied, and of what was made of it. */
export interface Round {
  readonly safety: string;
  readonly made: string;
}

/** Choices that were made, by delivery and place, and the merged contents that were kept for them. */
interface Choices {
  /** By place; ids as hex. */
  readonly places: Readonly<Record<string, { readonly triple: string; readonly take: Decision['take']; readonly content?: StoredContent }>>;
}

interface StoredContent {
  readonly id: string;
  readonly size: number;
  readonly flags: number;
  readonly mtime: string;
}

const RECEIVED = /^received-(?<id>[0-9a-f]{64})$/;
const CHOICES = /^choices-(?<id>[0-9a-f]{64})$/;

/** By the delivery's id. A record that is damaged is as good as none: applying again changes nothing that is there already. */
export function readReceived(files: StoreFiles): ReadonlyMap<string, Received> {
  const found = new Map<string, Received>();
  for (const [id, value] of records(files, RECEIVED)) {
    const { state, rounds, at } = value as Partial<Received>;
    if ((state === 'waiting' || state === 'applied' || state === 'undone') && typeof at === 'string')
      found.set(id, { state, at, rounds: Array.isArray(rounds) ? rounds : [] });
  }
  return found;
}

export function writeReceived(files: StoreFiles, delivery: string, received: Received): void {
  files.write(`${SPACE_FOLDER}/received-${delivery}`, encodeChecked(received), true);
}

/** Choices for a delivery, by place. */
export function readChoices(files: StoreFiles, delivery: string): ReadonlyMap<string, Decided> {
  return new Map(decided(decodeChecked(files.read(choicesFile(delivery)))));
}

/** All choices that were ever made here, by triple. */
export function rememberedChoices(files: StoreFiles): ReadonlyMap<string, Decision> {
  return new Map(
    [...records(files, CHOICES)].flatMap(([, value]) => decided(value).map(([, { triple, decision }]) => [triple, decision] as const)),
  );
}

/** Notes choices, durably; `undefined` takes one back. @throws SnapstageError `bug` for a merge without content. */
export function writeChoices(files: StoreFiles, delivery: string, changes: ReadonlyMap<string, Decided | undefined>): void {
  const all = new Map([...readChoices(files, delivery), ...changes]);
  const places: Record<string, Choices['places'][string]> = {};
  for (const [place, one] of all)
    if (one !== undefined) places[place] = { triple: one.triple, take: one.decision.take, ...contentOf(one.decision) };
  files.write(choicesFile(delivery), encodeChecked({ places: Object.entries(places) }), true);
}

function choicesFile(delivery: string): string {
  return `${SPACE_FOLDER}/choices-${delivery}`;
}

function contentOf(decision: Decision): { content?: StoredContent } {
  if (decision.take !== 'merge') return {};
  const { id, size, flags, mtime } = decision.content;
  return { content: { id: id.toString('hex'), size, flags, mtime: mtime.toString() } };
}

function decided(value: unknown): [place: string, Decided][] {
  const { places } = (value ?? {}) as { places?: unknown };
  if (!Array.isArray(places)) return [];
  return (places as [string, Choices['places'][string]][]).flatMap(([place, { triple, take, content }]) => {
    if (take !== 'merge') return [[place, { triple, decision: { take } }] as [string, Decided]];
    if (content === undefined) return [];
    const merged = { id: Buffer.from(content.id, 'hex'), size: content.size, flags: content.flags, mtime: BigInt(content.mtime) };
    return [[place, { triple, decision: { take, content: merged } }] as [string, Decided]];
  });
}

function* records(files: StoreFiles, pattern: RegExp): Generator<[id: string, value: unknown]> {
  for (const name of files.list(SPACE_FOLDER)) {
    const id = pattern.exec(name)?.groups?.['id'];
    const value = id === undefined ? undefined : decodeChecked(files.read(`${SPACE_FOLDER}/${name}`));
    if (id !== undefined && typeof value === 'object' && value !== null) yield [id, value];
  }
}

/** @throws SnapstageError `not-found`. */
export function noDelivery(id: string): SnapstageError {
  return new SnapstageError('not-found', `There is no delivery ${id.slice(0, 8)}.`, { delivery: id });
}
