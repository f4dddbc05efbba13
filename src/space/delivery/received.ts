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

/** Whether it was applied, and not undone here since. */
export function isReceived(received: Received | undefined): boolean {
  return received !== undefined && received.state !== 'undone';
}

/** The keep of what was last delivered, path by path. */
export const BASE = 'base';

/** A choice as it is kept: for a merge with its content. */
interface StoredChoice {
  readonly triple: string;
  readonly take: Decision['take'];
  readonly content?: StoredContent;
}

interface StoredContent {
  /** Hex. */
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
      found.set(id, { state, at, rounds: rounds ?? [] });
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

/** Choices of a merge that waits for what both sides come to: triples, by place. */
export function pendingMerges(files: StoreFiles, delivery: string): ReadonlyMap<string, string> {
  const stored = storedChoices(decodeChecked(files.read(choicesFile(delivery))));
  return new Map(
    stored.flatMap(([place, { triple, take, content }]) => (take === 'merge' && content === undefined ? [[place, triple] as const] : [])),
  );
}

/** A merge that was chosen, and waits for what both sides come to. */
export interface PendingMerge {
  readonly triple: string;
  readonly waits: true;
}

/** Notes choices, durably; `undefined` takes one back. */
export function writeChoices(files: StoreFiles, delivery: string, changes: ReadonlyMap<string, Decided | PendingMerge | undefined>): void {
  const all = new Map(storedChoices(decodeChecked(files.read(choicesFile(delivery)))));
  for (const [place, one] of changes) {
    if (one === undefined) all.delete(place);
    else if ('waits' in one) all.set(place, { triple: one.triple, take: 'merge' });
    else all.set(place, { triple: one.triple, take: one.decision.take, ...contentOf(one.decision) });
  }
  files.write(choicesFile(delivery), encodeChecked({ places: [...all] }), true);
}

/** Takes back all choices for a delivery. */
export function forgetChoices(files: StoreFiles, delivery: string): void {
  files.remove(choicesFile(delivery));
  files.remove(rowsFile(delivery));
}

/** Choices for rows of a table, by their keys as text. */
export type RowChoices = ReadonlyMap<string, 'incoming' | 'mine'>;

export interface StoredRowChoices {
  /** Of the table when they were made. */
  readonly triple: string;
  readonly rows: readonly (readonly [key: string, take: 'incoming' | 'mine'])[];
}

/** Choices for rows of a table, by its name among choices. */
export function readRowChoices(files: StoreFiles, delivery: string, name: string): StoredRowChoices | undefined {
  const all = (decodeChecked(files.read(rowsFile(delivery))) ?? {}) as Readonly<Record<string, StoredRowChoices>>;
  return Object.hasOwn(all, name) ? all[name] : undefined;
}

export function writeRowChoices(files: StoreFiles, delivery: string, name: string, choices: StoredRowChoices): void {
  const all = (decodeChecked(files.read(rowsFile(delivery))) ?? {}) as Readonly<Record<string, StoredRowChoices>>;
  files.write(rowsFile(delivery), encodeChecked({ ...all, [name]: choices }), true);
}

function rowsFile(delivery: string): string {
  return `${SPACE_FOLDER}/rows-${delivery}`;
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
  return storedChoices(value).flatMap(([place, { triple, take, content }]) => {
    if (take !== 'merge') return [[place, { triple, decision: { take } }] as [string, Decided]];
    if (content === undefined) return [];
    const merged = { id: Buffer.from(content.id, 'hex'), size: content.size, flags: content.flags, mtime: BigInt(content.mtime) };
    return [[place, { triple, decision: { take, content: merged } }] as [string, Decided]];
  });
}

function storedChoices(value: unknown): readonly [place: string, StoredChoice][] {
  const { places } = (value ?? {}) as { places?: unknown };
  return Array.isArray(places) ? (places as [string, StoredChoice][]) : [];
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
