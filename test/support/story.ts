/** Random stories of a Space, for tests: several Masters and members, late and offline, one of whom cheats. */
import * as fc from 'fast-check';
import { SnapstageError } from '../../src/base/errors.ts';
import type { KeyPairs } from '../../src/space/keys/keyPairs.ts';
import {
  admit,
  certify,
  countersign,
  describeMember,
  leave,
  refreshVault,
  remove,
  revoke,
  targetFor,
  withdraw,
  type Acting,
} from '../../src/space/members/acts.ts';
import { vaultOf } from '../../src/space/members/audiences.ts';
import { publicKeysOf } from '../../src/space/records/identity.ts';
import { EDITOR, VIEWER, World, type Person } from './spaces.ts';

/** What happens, and to whom: numbers choose among what there is. */
export interface Step {
  readonly who: number;
  readonly what: number;
  readonly whom: number;
  /** Which of the records that are new to the one who acts it hears first; one in so many. */
  readonly hears: number;
}

export const steps = fc.array(fc.record({ who: fc.nat(20), what: fc.nat(99), whom: fc.nat(20), hears: fc.nat(3) }), {
  minLength: 8,
  maxLength: 28,
});

/** A Space in which all this happened. */
export class Story {
  readonly world: World;
  readonly people: Person[];
  readonly codes: KeyPairs[] = [];

  constructor() {
    this.world = new World('story');
    const second = this.world.member();
    this.world.first.act((acting) => certify(acting, publicKeysOf(second.keys)));
    this.world.first.refresh();
    this.people = [
      this.world.first,
      second,
      this.world.member(),
      this.world.member(VIEWER),
      this.world.person(),
      this.world.person(),
      this.world.person(),
    ];
  }

  play(all: readonly Step[]): this {
    for (const step of all) {
      const person = this.people[step.who % this.people.length]!;
      if (step.hears > 0) person.hear([...this.world.records.values()].filter((_, at) => (at * 7 + step.whom) % 4 < step.hears));
      if (step.hears === 3) person.hear();
      try {
        this.step(person, step);
      } catch (error) {
        // What an act refuses is no part of the story.
        if (!(error instanceof SnapstageError) || !['refused', 'not-found'].includes(error.code)) throw error;
      }
    }
    return this;
  }

  private step(person: Person, { what, whom }: Step): void {
    const other = this.people[whom % this.people.length]!;
    const state = person.state();
    const isMaster = state.masters.get(person.log)?.end === undefined && state.masters.has(person.log);
    const act = (action: (acting: Acting) => unknown): void => void person.act(action, state);
    if (!isMaster) {
      if (what < 40 && this.codes.length > 0 && !state.members.has(person.log)) person.join(this.codes[whom % this.codes.length]!);
      else if (what < 50) act((acting) => leave(acting));
      else if (what < 70) act((acting) => refreshVault(acting));
      // One who has the software, and changes it; a log that has not begun nobody can name, as its id comes of new keys.
      else if ([...this.world.records.values()].some(({ header }) => header.log === other.log))
        act(({ writer }) => writer.write({ kind: 'remove', log: other.log, last: null }, { audience: 'clear' }));
    } else if (what < 20) this.codes.push(this.world.invite(whom % 2 === 0 ? EDITOR : VIEWER, person).keys);
    else if (what < 40) person.admitAll();
    else if (what < 50) act((acting) => admit(acting, other.log));
    else if (what < 55) act((acting) => withdraw(acting, [...state.invites.keys()][whom % Math.max(1, state.invites.size)] ?? ''));
    else if (what < 58)
      act(({ writer }) => {
        const items = [{ path: 'YQ', table: null, strategy: 'skip' as const }];
        writer.write({ kind: 'exception', tree: '0'.repeat(64), items, made: what }, targetFor(state, vaultOf(other.log)));
      });
    else if (what < 65)
      act((acting) => describeMember(acting, other.log, { name: `name ${what}`, role: whom % 2 === 0 ? 'viewer' : 'editor', groups: [] }));
    else if (what < 75) act((acting) => remove(acting, other.log));
    else if (what < 85) person.refresh();
    else if (what < 90) act((acting) => certify(acting, publicKeysOf(other.keys)));
    else if (what < 95) act((acting) => revoke(acting, other.log));
    else
      act((acting) =>
        countersign(
          acting,
          [...state.members.keys()].map((log) => ({ log, sequence: 1, hash: '0'.repeat(64) })),
        ),
      );
  }
}
