/** A member who has changed the program: what it writes is signed and sealed as it must be, and says what it likes. */
import { Opener } from '../../src/engine/opener.ts';
import { nameContent, sealTree } from '../../src/engine/areas.ts';
import { participating } from '../../src/engine/spaces.ts';
import { assignmentsIn } from '../../src/space/assignments/assignments.ts';
import { handInsOf } from '../../src/space/assignments/handIns.ts';
import { ownPacks, vaultPacks } from '../../src/space/assignments/vaultContent.ts';
import type { AreaPack } from '../../src/space/areas/area.ts';
import { AreaIndex } from '../../src/space/areas/areaIndex.ts';
import { areaOf } from '../../src/space/delivery/distributions.ts';
import { storing } from '../../src/space/delivery/storing.ts';
import { targetFor } from '../../src/space/members/acts.ts';
import { vaultOf } from '../../src/space/members/audiences.ts';
import type { BodyOf } from '../../src/space/records/bodies.ts';
import { idHex, idOf } from '../../src/store/ids.ts';
import { encodeTree, Kind, type TreeEntry } from '../../src/store/tree.ts';
import type { Person } from './classroom.ts';

/** What may be in a made-up tree: a file’s content, a link, a folder, or a folder by the id that it has already. */
export type Made = string | { readonly link: string } | { readonly folder: Tree } | { readonly id: Buffer };
export interface Tree {
  readonly [name: string]: Made;
}

export type Sink = (content: Buffer, kind: 'data' | 'meta') => Buffer;

/** Stores a folder of these; a name may be what no system takes. */
export function putTree(tree: Tree, put: Sink): Buffer {
  const entries = Object.entries(tree).map(([name, made]): TreeEntry => {
    const common = { name, mode: 0o755, flags: 0, mtime: 0n, size: 0, group: 0n };
    if (typeof made === 'object' && 'folder' in made) return { ...common, kind: Kind.folder, id: putTree(made.folder, put) };
    if (typeof made === 'object' && 'id' in made) return { ...common, kind: Kind.folder, id: made.id };
    const content = Buffer.from(typeof made === 'string' ? made : made.link);
    const kind = typeof made === 'string' ? Kind.file : Kind.link;
    return { ...common, kind, size: content.length, id: content.length === 0 ? Buffer.alloc(32) : put(content, 'data') };
  });
  return put(encodeTree(entries.sort((a, b) => (a.name < b.name ? -1 : 1))), 'meta');
}

export class Cheat extends Opener {
  constructor({ folder, home }: Pick<Person, 'folder' | 'home'>) {
    super({ folder, home });
  }

  /** The root of what it has handed in last, and all packs of its vault. */
  lastHandIn(): Promise<{ readonly root: string; readonly packs: readonly AreaPack[] }> {
    return this.open('write', undefined, (open) =>
      participating(open, this.machine, async ({ state, belonging }) => {
        const me = state.members.get(belonging.log)!;
        return { root: handInsOf(state, me).at(-1)!.body.tree, packs: ownPacks(state, me) };
      }),
    );
  }

  /** Where its vault lies in the hub. */
  ownArea(): Promise<string> {
    return this.open('write', undefined, (open) =>
      participating(open, this.machine, async ({ state, hub, belonging }) => {
        return areaOf(state, vaultOf(belonging.log), hub, open.store.files).folder;
      }),
    );
  }

  /** Hands in a tree, or says that it does: of one by its id nothing is sealed, but `named` packs are named. Returns the hand-in's id. */
  handIn(
    tree: ((put: Sink) => Buffer) | string,
    change: Partial<BodyOf<'hand-in'>> = {},
    named: readonly AreaPack[] = [],
  ): Promise<string> {
    return this.open('write', undefined, (open) =>
      participating(open, this.machine, async (participant) => {
        await participant.sync();
        const { state, hub, belonging } = participant;
        const audience = vaultOf(belonging.log);
        const area = areaOf(state, audience, hub, open.store.files);
        const root =
          typeof tree === 'string'
            ? Buffer.from(tree, 'hex')
            : storing(open.store, (sink) => tree((content, kind) => sink.put(content, kind)));
        const index = await AreaIndex.load(area, vaultPacks(state, state.members.get(belonging.log)!), open.work);
        const packs = typeof tree === 'string' ? named : await sealTree(open, participant, area, root, [index]);
        const [one] = assignmentsIn(state);
        const record = participant.act((acting) => {
          nameContent(acting, audience, packs);
          const body: BodyOf<'hand-in'> = {
            kind: 'hand-in',
            assignment: one?.id ?? idHex(idOf(Buffer.alloc(1))),
            terms: one?.current.record.hash ?? idHex(idOf(Buffer.alloc(1))),
            tree: idHex(root),
            files: 1,
            bytes: '1',
            snapshot: '0'.repeat(32),
            taken: 1,
            identifier: null,
            note: '',
            made: 1,
            ...change,
          };
          return acting.writer.write(body, targetFor(acting.state, audience));
        });
        await participant.send();
        return record.hash;
      }),
    );
  }
}
