/** Assignments among people who touch neither a disk nor a hub, for tests. */
import { assignmentsIn, type Assignment } from '../../src/space/assignments/assignments.ts';
import { Standings, type Standing } from '../../src/space/assignments/standing.ts';
import { certify, targetFor } from '../../src/space/members/acts.ts';
import { EDITORS, vaultOf } from '../../src/space/members/audiences.ts';
import type { SpaceState } from '../../src/space/members/state.ts';
import type { BodyOf } from '../../src/space/records/bodies.ts';
import type { SignedRecord } from '../../src/space/records/envelope.ts';
import { publicKeysOf } from '../../src/space/records/identity.ts';
import { EDITOR, World, type Person } from './spaces.ts';

export const HOUR = 3_600_000;

type Terms = BodyOf<'assign'>;

/** A Space with two Masters, members, and one assignment that is due in an hour. */
export class Class {
  readonly world: World;
  readonly masters: readonly [Person, Person];
  readonly members: readonly Person[];
  readonly first: SignedRecord;

  constructor(members: number, change: Partial<Terms> = {}, seed = 'class') {
    this.world = new World(seed);
    const second = this.world.member({ ...EDITOR, name: 'Second' });
    // As with the recovery code: neither outranks the other.
    this.world.root.hear();
    this.world.root.act((acting) => certify(acting, publicKeysOf(second.keys)));
    this.world.first.hear();
    this.world.first.refresh();
    second.hear();
    this.masters = [this.world.first, second];
    this.members = Array.from({ length: members }, (_, at) => this.world.member({ ...EDITOR, name: `Member ${at}` }));
    this.first = this.assign(this.masters[0], { deadline: this.world.now + HOUR, ...change });
    for (const person of [second, ...this.members]) person.hear();
  }

  assign(master: Person, change: Partial<Terms>, now = this.world.now): SignedRecord {
    const before = this.assignment(master)?.current.body;
    const body: Terms = {
      kind: 'assign',
      distribution: null,
      title: 'HW 1',
      description: '',
      deadline: now,
      zone: 'UTC',
      parts: [{ path: '', patterns: [] }],
      limit: null,
      late: 'accept',
      isAnonymous: false,
      isClosed: false,
      ...before,
      of: before === undefined ? null : this.first.hash,
      made: now,
      ...change,
    };
    return master.act(({ state, writer }) => writer.write(body, targetFor(state, EDITORS)));
  }

  assignment(reader: Person): Assignment | undefined {
    return assignmentsIn(reader.state())[0];
  }

  /** Hands in what has this for its tree, to the assignment as this member knows it. */
  handIn(member: Person, tree: number, made = this.world.now): SignedRecord {
    const terms = this.assignment(member)!.current.record.hash;
    const body: BodyOf<'hand-in'> = {
      kind: 'hand-in',
      assignment: this.first.hash,
      terms,
      tree: tree.toString(16).padStart(64, '0'),
      files: 1,
      bytes: '1',
      snapshot: '0'.repeat(32),
      taken: made,
      identifier: null,
      note: '',
      made,
    };
    return member.act(({ state, writer }) => writer.write(body, targetFor(state, vaultOf(member.log))));
  }
}

/** How a member stands in the one assignment, by what a reader's state holds. */
export function standingIn(state: SpaceState, log: string): Standing {
  return new Standings(state).of(assignmentsIn(state)[0]!, state.members.get(log)!);
}
