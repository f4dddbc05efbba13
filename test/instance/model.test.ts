/** Random work on a small folder against a model in memory: after every restore the folder is what the model says. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import fc from 'fast-check';
import type { EngineApi } from '../../src/engine/api.ts';
import { SnapstageError } from '../../src/base/errors.ts';
import { Workbench } from '../support/folders.ts';

type Node =
  | { readonly kind: 'file'; readonly content: string; readonly mode: number }
  | { readonly kind: 'folder' }
  | { readonly kind: 'link'; readonly target: string };
type Model = ReadonlyMap<string, Node>;

const seed = Number(process.env['SNAPSTAGE_SEED'] ?? Date.now() % 1e9);
const bench = new Workbench();

const name = fc.constantFrom('a', 'b', 'B', 'é', 'x y', '__proto__');
const place = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const content = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.nat(40).map((n) => `${n}`.repeat(n * 50)),
  fc.nat(3).map((n) => `large ${n} `.repeat(80_000)),
);
const which = fc.nat(20);
const command = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('write' as const), at: place, content, mode: fc.constantFrom(0o644, 0o755, 0o600) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('remove' as const), at: place }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('folder' as const), at: place }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('link' as const), at: place, target: fc.constantFrom('a', '../a', '/nowhere') }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('take' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('restore' as const), which }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('restore part' as const), which, at: place }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('undo' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('compact' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('verify' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
);
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

/** Plays commands on a real folder and on the model. */
class Game {
  readonly folder = bench.folder();
  private engine: EngineApi = bench.engine(this.folder);
  private now = new Map<string, Node>();
  private readonly stored = new Map<string, Model>();
  /** States before and after the last restore; `undefined` when edits came after it, which have tests of their own. */
  private lastRestore: { before: Model; after: Model; safety: string } | undefined;

  async start(): Promise<void> {
    await this.engine.init();
  }

  async play(one: Command): Promise<void> {
    switch (one.do) {
      case 'write':
        return this.edit(one.at, { kind: 'file', content: one.content, mode: one.mode });
      case 'folder':
        return this.edit(one.at, { kind: 'folder' });
      case 'link':
        return this.edit(one.at, { kind: 'link', target: one.target });
      case 'remove':
        return this.edit(one.at, undefined);
      case 'take':
        return void this.stored.set((await this.engine.take({})).id, new Map(this.now));
      case 'restore':
        return this.restore(one.which, undefined);
      case 'restore part':
        return this.restore(one.which, one.at);
      case 'undo':
        return this.undo();
      case 'delete':
        return this.delete(one.which);
      case 'compact':
        return void (await this.engine.compact());
      case 'verify':
        return assert.deepEqual((await this.engine.verify({ readData: true })).damage, []);
      default:
        await this.engine.dispose();
        this.engine = bench.engine(this.folder);
    }
  }

  /** Everything that is kept is what it was when it was taken. */
  async end(): Promise<void> {
    await this.play({ do: 'verify' });
    assert.deepEqual((await this.engine.list()).map((one) => one.id).sort(), [...this.stored.keys()].sort());
    for (const [id, model] of [...this.stored].slice(-4)) {
      const to = bench.place();
      await this.engine.restore({ state: id, to });
      assert.deepEqual(readModel(to), sorted(model), `snapshot ${id} elsewhere`);
    }
    await this.engine.dispose();
  }

  private edit(at: string, node: Node | undefined): void {
    for (let parent = path.posix.dirname(at); parent !== '.'; parent = path.posix.dirname(parent)) {
      const kind = this.now.get(parent)?.kind;
      if (kind !== undefined && kind !== 'folder') return;
    }
    if (node === undefined && !this.now.has(at)) return;
    if (node?.kind === 'folder' && this.now.get(at)?.kind === 'folder') return;
    this.lastRestore = undefined;
    const full = path.join(this.folder, at);
    for (const inside of this.now.keys()) if (inside === at || inside.startsWith(`${at}/`)) this.now.delete(inside);
    fs.rmSync(full, { recursive: true, force: true });
    if (node === undefined) return;
    const parts = at.split('/').slice(0, -1);
    for (let i = 1; i <= parts.length; i++) this.now.set(parts.slice(0, i).join('/'), { kind: 'folder' });
    fs.mkdirSync(path.dirname(full), { recursive: true });
    this.now.set(at, node);
    if (node.kind === 'folder') fs.mkdirSync(full);
    else if (node.kind === 'link') fs.symlinkSync(node.target, full);
    else {
      fs.writeFileSync(full, node.content);
      fs.chmodSync(full, node.mode);
    }
  }

  private async restore(number: number, at: string | undefined): Promise<void> {
    if (this.stored.size === 0) return;
    const [id, target] = [...this.stored][number % this.stored.size]!;
    const before = new Map(this.now);
    const expected = at === undefined ? target : partly(before, target, at);
    const request = { state: id, ...(at === undefined ? {} : { paths: [at] }) };
    if (expected === undefined) {
      await assert.rejects(
        this.engine.restore(request),
        (error) => error instanceof SnapstageError && (error.code === 'not-found' || error.code === 'refused'),
      );
      this.check();
      return;
    }
    const outcome = await this.engine.restore(request);
    assert.deepEqual(outcome.problems, []);
    this.stored.set(outcome.safety!.id, before);
    this.now = new Map(expected);
    this.check();
    const changed = outcome.items.some((item) => item.action !== 'keep');
    if (changed) this.lastRestore = { before, after: new Map(this.now), safety: outcome.safety!.id };
  }

  private async undo(): Promise<void> {
    const last = this.lastRestore;
    if (last === undefined) return;
    if (!this.stored.has(last.safety)) {
      await assert.rejects(this.engine.undo(), (error) => error instanceof SnapstageError && error.code === 'not-found');
      return;
    }
    const outcome = await this.engine.undo();
    assert.deepEqual(outcome.problems, []);
    this.stored.set(outcome.safety!.id, last.after);
    this.now = new Map(last.before);
    this.check();
    this.lastRestore = { before: last.after, after: last.before, safety: outcome.safety!.id };
  }

  private async delete(number: number): Promise<void> {
    if (this.stored.size === 0) return;
    const id = [...this.stored.keys()][number % this.stored.size]!;
    await this.engine.delete([id]);
    this.stored.delete(id);
  }

  private check(): void {
    assert.deepEqual(readModel(this.folder), sorted(this.now));
  }
}

/** What a restore of one path makes of a folder; `undefined` where it has to be refused. */
function partly(now: Model, target: Model, at: string): Model | undefined {
  if (!target.has(at)) return undefined;
  const isIn = (one: string): boolean => one === at || one.startsWith(`${at}/`);
  const result = new Map([...now].filter(([one]) => !isIn(one)));
  for (let parent = path.posix.dirname(at); parent !== '.'; parent = path.posix.dirname(parent)) {
    if ((now.get(parent)?.kind ?? 'folder') !== 'folder') return undefined;
    result.set(parent, { kind: 'folder' });
  }
  for (const [one, node] of target) if (isIn(one)) result.set(one, node);
  return result;
}

function readModel(root: string): [string, Node][] {
  const found = new Map<string, Node>();
  const visit = (below: string): void => {
    for (const entry of fs.readdirSync(path.join(root, below), { withFileTypes: true })) {
      const at = below === '' ? entry.name : `${below}/${entry.name}`;
      const full = path.join(root, at);
      if (at === '.snapstage') continue;
      if (entry.isDirectory()) {
        found.set(at, { kind: 'folder' });
        visit(at);
      } else if (entry.isSymbolicLink()) found.set(at, { kind: 'link', target: fs.readlinkSync(full) });
      else found.set(at, { kind: 'file', content: fs.readFileSync(full, 'utf8'), mode: fs.statSync(full).mode & 0o7777 });
    }
  };
  visit('');
  return sorted(found);
}

function sorted(model: Model): [string, Node][] {
  return [...model].sort(([a], [b]) => (a < b ? -1 : 1));
}

describe('instance: against a model', () => {
  afterEach(() => bench.clear());

  it(`random edits, takes, restores, undos, deletions and compactions (seed ${seed})`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 25, size: 'max' }), async (commands) => {
        const game = new Game();
        await game.start();
        for (const one of commands) await game.play(one);
        await game.end();
        await bench.clear();
      }),
      { seed, numRuns: 40 },
    );
  });
});
