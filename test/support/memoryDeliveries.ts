/** Deliveries that lie in memory and behave as the real ones: choices are kept by triple, and what would be done follows from them. */
import { SnapstageError } from '../../src/base/errors.ts';
import type {
  DeliveredObject,
  DeliveredState,
  DeliveryApi,
  DeliveryInfo,
  DeliveryOutcome,
  DeliveryPlan,
  MergedText,
  ObjectVersion,
  PlanChange,
  Resolution,
  TableConflict,
  SendApi,
} from '../../src/engine/deliveryApi.ts';
import { BY_DECISION, BY_STRATEGY, isConflict } from '../../src/space/merge/matrix.ts';

type Side = 'base' | 'incoming' | 'mine';

/** An object as a test gives it. A side is its content; `null`: it is not there. */
export interface Given extends Partial<Pick<DeliveredObject, 'type' | 'part' | 'strategy' | 'hold' | 'mergeable' | 'offered' | 'path'>> {
  readonly place: string;
  readonly state: Exclude<DeliveredState, 'same'>;
  readonly base?: string | Uint8Array | null;
  readonly incoming?: string | Uint8Array | null;
  readonly mine?: string | Uint8Array | null;
  readonly modified?: Readonly<Partial<Record<Side, string>>>;
  readonly kinds?: Readonly<Partial<Record<Side, ObjectVersion['kind']>>>;
  readonly merged?: MergedText;
  readonly table?: TableChange;
}

interface TableChange {
  readonly columns: readonly string[];
  readonly incomingOnly: number;
  readonly mineOnly: number;
  readonly rows: readonly Omit<TableConflict, 'chosen'>[];
}

export const delivery: DeliveryInfo = {
  id: 'd'.repeat(64),
  from: 'Master',
  message: 'Week 2 data',
  made: '2026-11-20T09:30:00.000Z',
  state: 'new',
  items: [],
};

const sides = ['base', 'incoming', 'mine'] as const;
const hour = 3_600_000;

export class MemoryDeliveries implements Omit<DeliveryApi, 'inbox' | keyof SendApi> {
  given: readonly Given[];
  deletedFiles = 0;
  isMostOfAll = false;
  /** Of what is here; another one makes plans stale. */
  from = 'state 1';
  readonly received: { readonly confirmed: boolean }[] = [];
  /** Calls that note something, in their order. */
  readonly noted: string[] = [];
  readonly kept = new Map<string, Uint8Array>();
  readonly #versions = new WeakMap<Given, readonly (ObjectVersion | undefined)[]>();
  readonly #chosen = new Map<string, Resolution>();
  readonly #rows = new Map<string, 'incoming' | 'mine'>();
  /** Awaited by every call that notes something: holds them up. */
  gate: Promise<void> = Promise.resolve();

  constructor(given: readonly Given[]) {
    this.given = given;
  }

  async planReceive(_: { readonly delivery: string }): Promise<DeliveryPlan> {
    return this.#plan();
  }

  async receive(request: Parameters<DeliveryApi['receive']>[0]): ReturnType<DeliveryApi['receive']> {
    await this.gate;
    if (request.from !== undefined && request.from !== this.from) {
      throw new SnapstageError('stale-plan', 'The folder has changed since the plan was made.');
    }
    if (this.isMostOfAll && request.confirmed !== true) throw new SnapstageError('refused', 'More than half of all files would go.');
    this.received.push({ confirmed: request.confirmed === true });
    return { delivery, counts: this.#plan().counts, objects: this.#plan().objects };
  }

  async resolve({ choices }: Parameters<DeliveryApi['resolve']>[0]): Promise<PlanChange> {
    await this.gate;
    this.noted.push(`resolve ${choices.length}`);
    const triples = new Set(this.#objects().map(({ triple }) => triple));
    for (const { triple, take } of choices) {
      if (!triples.has(triple)) continue;
      if (take === null) this.#chosen.delete(triple);
      else this.#chosen.set(triple, take);
    }
    return this.#changeOf(new Set(choices.map(({ triple }) => triple)));
  }

  async readSide({ place, side }: Parameters<DeliveryApi['readSide']>[0]): Promise<Uint8Array> {
    const content = this.#mustFind(place)[side];
    if (content === undefined || content === null) throw new SnapstageError('not-found', `There is no “${place}” in ${side}.`);
    return bytesOf(content);
  }

  async mergeText({ place }: Parameters<DeliveryApi['mergeText']>[0]): Promise<MergedText> {
    return this.#mustFind(place).merged ?? { isClean: true, text: '', conflicts: 0 };
  }

  async keepMerged({ place, triple, content }: Parameters<DeliveryApi['keepMerged']>[0]): Promise<PlanChange> {
    await this.gate;
    this.noted.push(`keepMerged ${place}`);
    this.kept.set(triple, content);
    this.#chosen.set(triple, 'merge');
    return this.#changeOf(new Set([triple]));
  }

  async tableConflicts({
    place,
    part,
    after = 0,
    limit = 100,
  }: Parameters<DeliveryApi['tableConflicts']>[0]): ReturnType<DeliveryApi['tableConflicts']> {
    const { table } = this.#mustFind(place, part);
    if (!table) throw new SnapstageError('not-found', `There is no table “${part}”.`);
    const rows = table.rows
      .slice(after, after + limit)
      .map((row) => ({ ...row, chosen: this.#rows.get(rowKey(place, part, row.key)) ?? null }));
    return { ...table, total: table.rows.length, rows };
  }

  async resolveRows({ place, part, triple, rows, others }: Parameters<DeliveryApi['resolveRows']>[0]): Promise<PlanChange> {
    await this.gate;
    this.noted.push(`resolveRows ${rows.length}${others === undefined ? '' : ' and others'}`);
    const all = this.#mustFind(place, part).table?.rows ?? [];
    const takes = new Map(rows.map(({ key, take }) => [rowKey(place, part, key), take]));
    for (const { key } of all) {
      const id = rowKey(place, part, key);
      const take = takes.has(id) ? takes.get(id) : others;
      if (take === null) this.#rows.delete(id);
      else if (take !== undefined) this.#rows.set(id, take);
    }
    this.#chosen.set(triple, 'merge');
    return this.#changeOf(new Set([triple]));
  }

  #changeOf(triples: ReadonlySet<string>): PlanChange {
    const { objects, ...plan } = this.#plan();
    return { ...plan, objects: objects.filter(({ triple }) => triples.has(triple)) };
  }

  #mustFind(place: string, part?: string): Given {
    const found = this.given.find((one) => one.place === place && (part === undefined || one.part === part));
    if (!found) throw new SnapstageError('not-found', `There is no “${place}” in the delivery.`);
    return found;
  }

  #objects(): readonly DeliveredObject[] {
    return this.given.map((given, index) => this.#object(given, index));
  }

  #plan(): DeliveryPlan {
    const objects = this.#objects();
    const none = { created: 0, updated: 0, replaced: 0, kept: 0, 'saved-beside': 0, deleted: 0, merged: 0, waiting: 0 };
    const counts: Record<DeliveryOutcome, number> = { ...none };
    for (const { outcome } of objects) counts[outcome] += 1;
    const { from, deletedFiles, isMostOfAll } = this;
    return { delivery, from, counts, same: 0, objects, deletedFiles, isMostOfAll };
  }

  #object(given: Given, index: number): DeliveredObject {
    const { place, state, hold = null, mergeable = null, strategy = 'ask', part = null, type = 'file', offered = null } = given;
    const [base, incoming, mine] = this.#versionsOf(given, index);
    const triple = [place, part, base?.id, incoming?.id, mine?.id].join(' ');
    const chosen = this.#chosen.get(triple) ?? null;
    const outcome = this.#outcome(given, chosen, triple);
    const dot = place.lastIndexOf('.');
    return {
      path: given.path ?? place,
      place,
      type,
      part,
      state,
      strategy,
      outcome,
      as: outcome === 'saved-beside' ? `${place.slice(0, dot)} (from Master)${place.slice(dot)}` : null,
      hold,
      base: base ?? null,
      incoming: incoming ?? null,
      mine: mine ?? null,
      triple,
      choices: choicesOf(given),
      chosen,
      offered,
      mergeable,
    };
  }

  #versionsOf(given: Given, index: number): readonly (ObjectVersion | undefined)[] {
    const known = this.#versions.get(given);
    if (known) return known;
    const versions = sides.map((side, at) => versionOf(given, side, index + at));
    this.#versions.set(given, versions);
    return versions;
  }

  #outcome({ state, hold, strategy = 'ask', ...given }: Given, chosen: Resolution | null, triple: string): DeliveryOutcome {
    if (hold === 'store' || hold === 'unread') return 'waiting';
    if (chosen === null) return hold === 'code' ? 'waiting' : BY_STRATEGY[state][strategy];
    if (chosen !== 'merge') return BY_DECISION[state][chosen];
    const isDecided = given.table
      ? given.table.rows.every(({ key }) => this.#rows.has(rowKey(given.place, given.part ?? '', key)))
      : given.merged?.isClean === true || this.kept.has(triple);
    return isDecided ? BY_DECISION[state].merge : 'waiting';
  }
}

function choicesOf({ state, hold, mergeable }: Given): readonly Resolution[] {
  if (hold === 'store' || hold === 'unread') return [];
  if (hold !== 'code' && !isConflict(state)) return [];
  if (state === 'new' || state === 'extra' || state === 'deleted-there') return ['incoming', 'mine'];
  return ['incoming', 'mine', 'both', ...(mergeable ? (['merge'] as const) : [])];
}

function versionOf(given: Given, side: Side, seed: number): ObjectVersion | undefined {
  const content = given[side];
  if (content === undefined || content === null) return undefined;
  const modified = given.modified?.[side] ?? new Date(Date.parse(delivery.made) - seed * hour).toISOString().replace('Z', '000000Z');
  const bytes = bytesOf(content);
  return { kind: given.kinds?.[side] ?? 'file', size: bytes.length, modified, id: hashOf(bytes) };
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content;
}

/** Tells contents of tests apart, in a browser too. */
function hashOf(bytes: Uint8Array): string {
  let hash = 7;
  for (const byte of bytes) hash = (Math.imul(hash, 31) + byte) >>> 0;
  return hash.toString(16).padStart(64, '0');
}

function rowKey(place: string, part: string, key: readonly string[]): string {
  return JSON.stringify([place, part, key]);
}
