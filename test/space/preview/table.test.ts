/** The table of a published state: what is guessed is found, and nothing else can be. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { digestOf, encodeTable, guessOf, PublishedTable, tableBytes, type PublishedObject } from '../../../src/space/preview/table.ts';
import type { Base } from '../../../src/space/preview/bases.ts';
import { Comparison, type Offered, type PreviewState } from '../../../src/space/preview/compare.ts';
import { NO_ID } from '../../../src/store/ids.ts';
import { Kind, type TreeEntry } from '../../../src/store/tree.ts';
import { rejected } from '../../support/folders.ts';

const RUNS = Number(process.env['SNAPSTAGE_RUNS'] ?? 100);
const KEY = Buffer.alloc(32, 7);

function id(content: string): Buffer {
  return createHash('sha256').update(content).digest();
}

function file(path: string, content = path): PublishedObject {
  return { path, kind: Kind.file, id: id(content) };
}

const folder = (path: string): PublishedObject => ({ path, kind: Kind.folder, id: id(`tree of ${path}`) });
const link = (path: string, target: string): PublishedObject => ({ path, kind: Kind.link, id: id(target) });

const path = fc
  .array(fc.constantFrom('a', 'b', 'ä', 'x\udc80', 'long name.txt'), { minLength: 1, maxLength: 4 })
  .map((names) => names.join('/'));
const object = fc
  .record({ path, kind: fc.constantFrom<Kind>(Kind.file, Kind.folder, Kind.link), content: fc.nat(3) })
  .map(({ path: at, kind, content }): PublishedObject => ({ path: at, kind, id: id(String(content)) }));
const objects = fc.uniqueArray(object, { selector: (one) => one.path, maxLength: 20 });

function entryOf({ path: at, kind, id: content }: PublishedObject): TreeEntry {
  return { name: at, kind, mode: 0o644, flags: 0, mtime: 0n, size: 1, group: 0n, id: content };
}

function offered(one: PublishedObject, isTable: boolean): Offered {
  return { path: one.path, entry: entryOf(one), isTable };
}

/** Folders of it hold nothing. */
function baseOf(received: ReadonlyMap<string, PublishedObject>): Base {
  return {
    at: (where) => {
      const found = received.get(where);
      return found && entryOf(found);
    },
    hasTables: (where) => where === 'gone.db',
    leavesIn: () => [],
    leaves: () => [],
  };
}

describe('space: the table of a published state', () => {
  it('tells of each path that is guessed whether it is there, its kind, and whether it has a content that is guessed', () => {
    fc.assert(
      fc.property(objects, objects, fc.uint8Array({ minLength: 32, maxLength: 32 }), (mine, guesses, key) => {
        const table = new PublishedTable(encodeTable(mine, Buffer.from(key)));
        const byPath = new Map(mine.map((one) => [one.path, one]));
        for (const guess of [...guesses, ...mine]) {
          const there = byPath.get(guess.path);
          const found = table.find(guessOf(guess.path));
          assert.equal(found?.kind, there?.kind);
          if (found === undefined || there === undefined) continue;
          const isSame = there.kind === guess.kind && (guess.kind === Kind.folder || there.id.equals(guess.id));
          assert.equal(table.holds(found, guessOf(guess.path), guess), isSame);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('has 17 bytes for each object, and shows nothing of names, contents or order', () => {
    const mine = Array.from({ length: 500 }, (_, i) => file(`secret/answer-${i}.txt`, `content ${i}`));
    const bytes = encodeTable(mine, KEY);
    assert.equal(bytes.length, tableBytes(500));
    assert.deepEqual(encodeTable(mine.toReversed(), KEY), bytes);
    const plain = bytes.toString('latin1');
    for (const one of mine) {
      assert.ok(!plain.includes(one.path) && !plain.includes('answer'));
      assert.ok(!bytes.includes(one.id.subarray(0, 8)));
      // Nor what anybody can hash without its key.
      assert.ok(!bytes.includes(createHash('sha256').update(one.path).digest().subarray(0, 8)));
    }
  });

  it('has nothing in common with another table of the same state, so that two of them can’t be compared', () => {
    const mine = Array.from({ length: 300 }, (_, i) => file(`f${i}`));
    const rows = (key: Buffer): string[] => {
      const body = encodeTable(mine, key).subarray(tableBytes(0));
      return Array.from({ length: 300 }, (_, i) => body.subarray(i * 17, i * 17 + 17).toString('hex'));
    };
    const [first, second] = [rows(KEY), rows(Buffer.alloc(32, 8))];
    const parts = (all: readonly string[]): Set<string> => new Set(all.flatMap((row) => [row.slice(0, 16), row.slice(18)]));
    assert.deepEqual(
      [...parts(first)].filter((part) => parts(second).has(part)),
      [],
    );
    // The same content at two places, and the same kind, do not show either.
    const twins = encodeTable([file('a', 'same'), file('b', 'same')], KEY).subarray(tableBytes(0));
    assert.notDeepEqual(twins.subarray(9, 17), twins.subarray(26, 34));
    const kinds = new Set(first.map((row) => row.slice(16, 18)));
    assert.ok(kinds.size > 100, 'a kind is covered by as many values as there are');
  });

  it('has the same digest exactly for the same contents', () => {
    const mine = [file('a'), folder('b'), file('b/c')];
    assert.equal(digestOf(mine), digestOf(mine.map((one) => ({ ...one, id: one.kind === Kind.folder ? NO_ID : one.id }))));
    for (const other of [
      [file('a'), file('b/c')],
      [file('a', 'x'), ...mine.slice(1)],
      [link('a', 'a'), ...mine.slice(1)],
    ])
      assert.notEqual(digestOf(mine), digestOf(other));
  });

  it('is refused when it is none', async () => {
    const good = encodeTable([file('a'), file('b')], KEY);
    const swapped = Buffer.concat([good.subarray(0, tableBytes(0)), good.subarray(-17), good.subarray(tableBytes(0), tableBytes(1))]);
    for (const bad of [Buffer.alloc(0), good.subarray(0, -1), good.subarray(1), good.subarray(0, 20), swapped, Buffer.alloc(good.length)])
      await rejected(
        Promise.resolve().then(() => new PublishedTable(bad)),
        'damaged',
      );
    assert.equal(new PublishedTable(good.subarray(0, tableBytes(0))).rows, 0);
  });
});

describe('space: a distribution compared with a published state', () => {
  const mine = [
    file('same'),
    file('kept', 'mine'),
    file('old', 'delivered'),
    folder('dir'),
    file('dir/in'),
    file('way'),
    link('link', 'x'),
    file('app.db'),
  ];
  const table = new PublishedTable(encodeTable(mine, KEY));
  const delivered = new Map([
    ['kept', file('kept', 'delivered')],
    ['old', file('old', 'delivered')],
    ['gone', file('gone')],
  ]);
  const state = (one: PublishedObject, isTable = false, base: Base = baseOf(delivered)): PreviewState =>
    new Comparison([offered(one, isTable)]).with(table, base)[0]!.state;

  it('is as the target itself would judge it', () => {
    assert.deepEqual(
      [
        state(file('same')),
        state(file('kept', 'new')),
        state(file('old', 'new')),
        state(file('gone', 'new')),
        state(file('never')),
        state(file('same', 'other')),
        state(file('dir')),
        state(folder('same')),
        state(folder('dir')),
        state(file('link', 'x')),
        state(link('link', 'y')),
        // A file is where a folder is to be.
        state(file('way/in/it')),
        state(file('dir/other')),
      ],
      [
        'same',
        'edited',
        'safe',
        'deleted-there',
        'new',
        'edited',
        'kind-clash',
        'kind-clash',
        'same',
        'kind-clash',
        'edited',
        'kind-clash',
        'new',
      ],
    );
  });

  it('is unknown where the state does not tell: tables of a database, and what came since', () => {
    assert.deepEqual(
      [
        state(file('app.db'), true),
        state(file('app.db', 'other'), true),
        state(file('none.db'), true),
        state(file('gone.db'), true),
        state(file('dir'), true),
      ],
      ['same', 'unknown', 'new', 'unknown', 'kind-clash'],
    );
    assert.equal(
      state(file('same'), false, { at: () => 'unknown', hasTables: () => false, leavesIn: () => [], leaves: () => [] }),
      'unknown',
    );
  });

  it('is the same for many objects at once as for each alone', () => {
    fc.assert(
      fc.property(objects, objects, objects, (there, before, incoming) => {
        const one = new PublishedTable(encodeTable(there, KEY));
        const bases = new Map(before.map((base) => [base.path, base]));
        const base = baseOf(bases);
        const some = incoming.map((each) => offered(each, false));
        const all = new Comparison(some).with(one, base);
        const alone = some.map((each) => new Comparison([each]).with(one, base)[0]);
        assert.deepEqual(all, alone);
      }),
      { numRuns: RUNS },
    );
  });
});
