/** How alike hand-ins are: of what was collected, beyond what was handed out. */
import { SnapstageError } from '../base/errors.ts';
import { readContent, type State } from '../instance/states.ts';
import type { Assignment } from '../space/assignments/assignments.ts';
import type { JudgedHandIn, Standing } from '../space/assignments/standing.ts';
import { keepName as deliveredKeep } from '../space/delivery/distributions.ts';
import type { ComparedFile } from '../space/similarity/comparedFile.ts';
import { fingerprintsOf } from '../space/similarity/fingerprints.ts';
import { HandedOut } from '../space/similarity/handedOut.ts';
import { amountOf, type Amount } from '../space/similarity/amount.ts';
import { ContentCache } from '../space/similarity/contentCache.ts';
import { contentOf, matchesBetween, matchesOf } from '../space/similarity/matches.ts';
import { rank, type Entrant, type Pair, type Ranking } from '../space/similarity/ranking.ts';
import { ChunkList } from '../store/chunkList.ts';
import type { ObjectReader } from '../store/objectReader.ts';
import { Flag, Kind, type TreeEntry } from '../store/tree.ts';
import type * as api from './assignmentApi.ts';
import { AssignmentView, type FoundHandIn } from './assignments.ts';
import { handInKeep } from './handInFiles.ts';
import { keptState, type Open } from './open.ts';
import type { Machine } from './opener.ts';
import { asMaster } from './spaces.ts';

/** Pairs that are told. */
const MOST_PAIRS = 200;

export function similarity(open: Open, machine: Machine, request: { readonly assignment: string }): Promise<api.SimilarityReport> {
  return asMaster(open, machine, async (participant) => {
    const view = new AssignmentView(open, participant);
    const one = view.named(request.assignment);
    const counting = view.everybody(one).flatMap((standing) => (standing.counting ? [{ standing, handIn: standing.counting }] : []));
    const byId = new Map(counting.map(({ standing, handIn }) => [handIn.id, standing]));
    const comparison = new Comparison(open, one);
    const { entrants, pairs, found, common } = await comparison.compare(counting, MOST_PAIRS);
    const compared = new Set(entrants.map(({ handIn }) => handIn));
    const amounts = await comparison.amountsOf(pairs, common);
    const side = (handIn: string, part: number, lines: number): api.SimilarSide => {
      return { handIn, member: view.member(one, byId.get(handIn)!), part, lines };
    };
    return {
      assignment: one.id,
      compared: compared.size,
      notHere: [...byId.keys()].filter((id) => !compared.has(id)),
      found,
      pairs: pairs.map(({ one: a, other: b, ofOne, ofOther, shared, sameFiles }, at) => {
        const { linesOfOne, linesOfOther, ...amount } = amounts[at]!;
        return { one: side(a, ofOne, linesOfOne), other: side(b, ofOther, linesOfOther), shared, sameFiles, ...amount };
      }),
    };
  });
}

/** @throws SnapstageError `usage` for hand-ins of different assignments; `not-found` for what was not collected. */
export function similarMatches(
  open: Open,
  machine: Machine,
  request: { readonly one: string; readonly other: string },
): Promise<api.SimilarMatches> {
  return asMaster(open, machine, async (participant) => {
    const view = new AssignmentView(open, participant);
    const [a, b] = [view.handIn(request.one), view.handIn(request.other)];
    if (a.assignment !== b.assignment) throw new SnapstageError('usage', 'These are hand-ins to different assignments.', { ...request });
    const counting = view
      .everybody(a.assignment)
      .flatMap((standing) => (standing.counting ? [{ standing, handIn: standing.counting }] : []));
    const comparison = new Comparison(open, a.assignment);
    const { common } = await comparison.compare(counting, 0);
    return matchesOf(comparison.filesOf(a.handIn.id), comparison.filesOf(b.handIn.id), comparison.handedOut, common);
  });
}

/** The hand-ins of an assignment beside what was handed out. */
class Comparison {
  readonly handedOut: HandedOut;
  private readonly open: Open;

  constructor(open: Open, { current }: Assignment) {
    this.open = open;
    const { distribution } = current.body;
    const base = distribution === null ? undefined : keptState(open.store, deliveredKeep(distribution));
    this.handedOut = new HandedOut(base === undefined ? [] : filesIn(base, open.store.reader));
  }

  /** Of those that are here; of very many pairs the most alike. */
  async compare(
    handIns: readonly Pick<FoundHandIn, 'standing' | 'handIn'>[],
    limit: number,
  ): Promise<Ranking & { readonly entrants: readonly Entrant[] }> {
    const { store, work } = this.open;
    const entrants: Entrant[] = [];
    work.begin('read', handIns.length);
    for (const { standing, handIn } of handIns) {
      const state = keptState(store, handInKeep(handIn.id));
      if (state !== undefined) entrants.push(this.entrant(standing, handIn, state));
      work.advance(1, 0);
      await work.pause();
    }
    return { ...rank(entrants, limit, () => work.check()), entrants };
  }

  /** For each pair, in their order. Those of one hand-in are looked at one after the other, so it is read once. */
  async amountsOf(pairs: readonly Pair[], common: ReadonlySet<number>): Promise<readonly Amount[]> {
    const { work } = this.open;
    const contents = new ContentCache((handIn) => contentOf(this.filesOf(handIn), this.handedOut, common));
    const amounts = new Map<Pair, Amount>();
    work.begin('plan', pairs.length);
    for (const some of Map.groupBy(pairs, ({ one }) => one).values()) {
      for (const pair of some) {
        amounts.set(pair, amountOf(matchesBetween(contents.get(pair.one), contents.get(pair.other)), pair.sameFiles));
        work.advance(1, 0);
        await work.pause();
      }
    }
    return pairs.map((pair) => amounts.get(pair)!);
  }

  /** @throws SnapstageError `not-found` for what was not collected. */
  filesOf(handIn: string): Iterable<ComparedFile> {
    const state = keptState(this.open.store, handInKeep(handIn));
    if (state === undefined) throw new SnapstageError('not-found', 'This hand-in was not collected yet.', { handIn });
    return filesIn(state, this.open.store.reader);
  }

  private entrant({ member }: Standing, { id }: JudgedHandIn, state: State): Entrant {
    return { handIn: id, author: member.log, ...fingerprintsOf(filesIn(state, this.open.store.reader), this.handedOut) };
  }
}

function* filesIn({ trees, root }: State, reader: ObjectReader): Generator<ComparedFile> {
  for (const { path, entry } of trees.walk(root)) {
    if (entry.kind !== Kind.file) continue;
    const { id, size } = entry;
    yield { path, id, size, pieces: () => piecesOf(entry, reader), read: () => readContent(reader, entry) };
  }
}

/** The one object of a small file, the chunks of a large one. */
function piecesOf({ id, flags }: TreeEntry, reader: ObjectReader): readonly Buffer[] {
  if ((flags & Flag.chunked) === 0) return [id];
  const list = new ChunkList(Buffer.from(reader.get(id)));
  return Array.from({ length: list.count }, (_, at) => list.id(at));
}
