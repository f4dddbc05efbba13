import assert from 'node:assert/strict';
import { sealTo } from '../../../src/space/crypto/hpke.ts';
import {
  admit,
  certify,
  countersign,
  describeMember,
  invite,
  join,
  leave,
  makeSet,
  refreshVault,
  remove,
  revoke,
  targetFor,
  withdraw,
} from '../../../src/space/members/acts.ts';
import { ALL, EDITORS, MASTERS, vaultOf } from '../../../src/space/members/audiences.ts';
import { writeEpoch } from '../../../src/space/members/epochs.ts';
import { commitmentTo, WRAP_INFO, wrapContext } from '../../../src/space/members/keychain.ts';
import type { SpaceState } from '../../../src/space/members/state.ts';
import { writeRecord, type Header, type SignedRecord } from '../../../src/space/records/envelope.ts';
import { publicKeysOf } from '../../../src/space/records/identity.ts';
import { EDITOR, newKeys, Person, stateOf, VIEWER, World } from '../../support/spaces.ts';

/** A second Master that the first has certified. */
function withSecond(world: World): Person {
  const second = world.member();
  world.first.act((acting) => certify(acting, publicKeysOf(second.keys)));
  world.first.refresh();
  second.hear();
  return second;
}

function refusals({ refused }: SpaceState): string[] {
  return refused.map(({ why }) => why);
}

/** A record as no act would write it, that follows what its author wrote last. */
function raw(person: Person, changes: Partial<Header>, body: unknown): SignedRecord {
  const own = [...person.heard.values()].filter(({ header }) => header.log === person.log);
  const last = own.toSorted((a, b) => a.header.sequence - b.header.sequence).at(-1)!;
  const { sequence, depth, space } = last.header;
  const before = {
    space,
    sequence: sequence + 1,
    depth: depth + 1,
    previous: last.hash,
    seen: [],
    audience: 'clear',
    epoch: null,
    critical: false,
  };
  const record = writeRecord({ ...before, ...changes }, Buffer.from(JSON.stringify(body)), person.keys);
  person.world.publish([record]);
  person.hear([record]);
  return record;
}

/** The same keys and memory on another machine. */
function twin(person: Person): Person {
  const other = new Person(person.world, person.keys, [...person.heard.values()]);
  other.otherKeys.push(...person.otherKeys);
  return other;
}

describe('Masters', () => {
  it('certify others, who then have every key and say', () => {
    const world = new World();
    const alice = world.member();
    const second = withSecond(world);
    const state = second.state();
    assert.equal(state.masters.get(second.log)?.rank, 2);
    assert.ok(state.audiences.get(MASTERS)?.secret);
    assert.ok(state.audiences.get(vaultOf(alice.log))?.secret, 'also of vaults made before');
    assert.equal(state.members.get(alice.log)?.described?.name, EDITOR.name);
    const bob = world.member(VIEWER, second);
    world.first.hear();
    assert.equal(world.first.state().members.get(bob.log)?.state, 'admitted');
    assert.deepEqual(refusals(world.first.state()), []);
  });

  it('revoke only those below them', () => {
    const world = new World();
    const second = withSecond(world);
    assert.throws(() => second.act((acting) => revoke(acting, world.first.log)), /Only who certified/);
    second.act(({ writer }) => writer.write({ kind: 'revoke', log: world.first.log, last: null }, { audience: 'clear' }));
    world.first.hear();
    assert.equal(world.first.state().masters.get(world.first.log)?.end, undefined);
    assert.deepEqual(refusals(world.first.state()), ['outranked']);
  });

  it('that are revoked have no say any more, even in what they had said without knowing', () => {
    const world = new World();
    const alice = world.member();
    const second = withSecond(world);
    world.first.hear();
    second.act((acting) => describeMember(acting, alice.log, VIEWER));
    world.first.act((acting) => revoke(acting, second.log));
    for (const person of [world.first, second, alice]) {
      person.hear();
      const state = person.state();
      assert.notEqual(state.masters.get(second.log)?.end, undefined);
      assert.deepEqual(refusals(state), ['late']);
    }
    assert.equal(world.first.state().members.get(alice.log)?.described?.role, 'editor');
    assert.throws(() => targetFor(world.first.state(), MASTERS), /is due/);
    assert.throws(() => targetFor(world.first.state(), vaultOf(alice.log)), /is due/, 'the revoked one could open what is sealed there');
    world.first.refresh();
    alice.hear();
    assert.equal(alice.act((acting) => refreshVault(acting)).length, 1);
    world.first.hear();
    assert.ok(targetFor(world.first.state(), vaultOf(alice.log)));
    second.hear();
    assert.equal(second.state().audiences.get(vaultOf(alice.log))?.secret, undefined);
    assert.equal(second.state().audiences.get(MASTERS)?.secret, undefined);
    world.first.act((acting) => describeMember(acting, alice.log, VIEWER));
    assert.equal(alice.act((acting) => refreshVault(acting)).length, 0);
  });

  describe('that are revoked, and whom they had invited', () => {
    /** Somebody whom the second Master invites, as it knows things then. */
    function invited(world: World, second: Person): Person {
      const keys = newKeys(world.host);
      second.act((acting) => invite(acting, keys, EDITOR, { expires: world.now + 1000, succeeds: null }));
      const bob = new Person(world, newKeys(world.host), second.heard.values());
      bob.otherKeys.push(keys);
      bob.act((acting) => join(acting, 'invite', keys), new Person(world, keys, second.heard.values()).state());
      return bob;
    }

    function revoked(world: World, second: Person): void {
      world.first.act((acting) => revoke(acting, second.log));
      world.first.refresh();
    }

    /** All hear of each other for a while, and do what they do by themselves. */
    function settle(world: World, bob: Person): void {
      for (let round = 0; round < 2; round++) {
        bob.hear();
        bob.act((acting) => refreshVault(acting));
        world.first.admitAll();
      }
      bob.hear();
    }

    it('in time: the others let in who came, who seals nothing to the revoked one any more', () => {
      const world = new World();
      const second = withSecond(world);
      const bob = invited(world, second);
      world.first.hear();
      revoked(world, second);
      assert.deepEqual(world.first.admitAll(), [], 'the revoked one could open what is told there');
      settle(world, bob);
      assert.equal(world.first.state().members.get(bob.log)?.state, 'admitted');
      assert.equal(bob.state().members.get(bob.log)?.state, 'admitted');
    });

    it('in time, and let in too late: the others let them in', () => {
      const world = new World();
      const second = withSecond(world);
      const bob = invited(world, second);
      world.first.hear();
      revoked(world, second);
      second.hear(bob.heard.values());
      second.act((acting) => admit(acting, bob.log));
      settle(world, bob);
      assert.equal(bob.state().members.get(bob.log)?.state, 'admitted');
      assert.ok(refusals(bob.state()).includes('late'));
    });

    it('too late: nobody lets them in, and both sides see why', () => {
      const world = new World();
      const second = withSecond(world);
      world.first.hear();
      revoked(world, second);
      const bob = invited(world, second);
      const before = bob.state().members.get(bob.log);
      assert.deepEqual([before?.state, before?.obstacle], ['waiting', 'unknown-invite'], 'it has not heard of it yet');
      settle(world, bob);
      for (const person of [world.first, bob, world.person()]) {
        const { state, obstacle } = person.state().members.get(bob.log)!;
        assert.deepEqual([state, obstacle], ['waiting', 'revoked-invite']);
      }
      assert.throws(() => world.first.act((acting) => admit(acting, bob.log)), /can’t be let in: revoked-invite/);
      // A new invite is the way.
      const anew = world.person();
      anew.join(world.invite().keys);
      world.first.admitAll();
      anew.hear();
      assert.equal(anew.state().members.get(anew.log)?.state, 'admitted');
    });
  });

  it('who asked by an invite that another used, or that was withdrawn, sees it', () => {
    const world = new World();
    const [taken, withdrawn] = [world.invite(), world.invite()];
    const [ada, bob, eve] = [world.person(), world.person(), world.person()];
    ada.join(taken.keys);
    world.first.admitAll();
    bob.join(taken.keys);
    eve.join(withdrawn.keys);
    world.first.act((acting) => withdraw(acting, withdrawn.id));
    for (const one of [bob, eve]) one.hear();
    assert.equal(bob.state().members.get(bob.log)?.obstacle, 'used');
    assert.equal(eve.state().members.get(eve.log)?.obstacle, 'withdrawn');
  });

  it('of one rank have no say over whom the other has certified', () => {
    const world = new World();
    const [other, below] = [world.person(), world.person()];
    world.root.hear();
    world.root.act((acting) => certify(acting, publicKeysOf(other.keys)));
    world.first.hear();
    world.first.act((acting) => certify(acting, publicKeysOf(below.keys)));
    other.hear();
    assert.throws(() => other.act((acting) => revoke(acting, below.log)), /Only who certified/);
    other.act(({ writer }) => writer.write({ kind: 'revoke', log: below.log, last: null }, { audience: 'clear' }));
    const state = world.person().state();
    assert.equal(state.masters.get(below.log)?.end, undefined);
    assert.deepEqual(refusals(state), ['outranked']);
    world.root.hear();
    world.root.act((acting) => revoke(acting, below.log));
    assert.equal(world.person().state().masters.get(below.log)?.end, null, 'the root has');
  });

  it('are replaced by the root when they are lost', () => {
    const world = new World();
    const alice = world.member();
    const fresh = world.person();
    world.root.hear();
    world.root.act((acting) => certify(acting, publicKeysOf(fresh.keys)));
    world.root.act((acting) => revoke(acting, world.first.log));
    fresh.hear();
    fresh.otherKeys.push(world.root.keys);
    assert.ok(fresh.refresh() >= 3);
    fresh.otherKeys.length = 0;
    const state = fresh.state();
    assert.equal(state.name, 'Statistics 101');
    assert.equal(state.members.get(alice.log)?.described?.name, EDITOR.name);
    for (const audience of [MASTERS, ALL, EDITORS]) assert.ok(targetFor(state, audience));
    world.first.hear();
    assert.equal(world.first.state().audiences.get(MASTERS)?.secret, undefined);
    const bob = world.member(VIEWER, fresh);
    assert.equal(fresh.state().members.get(bob.log)?.state, 'admitted');
  });

  it('have a root that may be used on two machines: all that it said stands', () => {
    const world = new World();
    const [one, two] = [world.person(), world.person()];
    const other = twin(world.root);
    world.root.act((acting) => certify(acting, publicKeysOf(one.keys)));
    other.act((acting) => certify(acting, publicKeysOf(two.keys)));
    const { masters, refused } = world.person().state();
    assert.ok(masters.has(one.log) && masters.has(two.log));
    assert.deepEqual(refused, []);
  });
});

describe('two Masters at once', () => {
  it('of which one certified the other: the certifier’s word holds, for everybody', () => {
    const world = new World();
    const alice = world.member();
    const second = withSecond(world);
    world.first.hear();
    for (const [quick, slow] of [
      [world.first, second],
      [second, world.first],
    ] as const) {
      for (const master of [world.first, second]) master.hear();
      slow.act((acting) => countersign(acting, [{ log: alice.log, sequence: 1, hash: '0'.repeat(64) }]));
      const nameOf = (master: Person): string => (master === world.first ? 'of the first' : 'of the second');
      for (const master of [quick, slow]) master.act((acting) => describeMember(acting, alice.log, { ...EDITOR, name: nameOf(master) }));
      for (const person of [world.first, second, alice]) {
        person.hear();
        assert.equal(person.state().members.get(alice.log)?.described?.name, 'of the first');
      }
    }
    second.act((acting) => describeMember(acting, alice.log, { ...EDITOR, name: 'later' }));
    alice.hear();
    assert.equal(alice.state().members.get(alice.log)?.described?.name, 'later', 'who knew both has the last word');
  });

  it('let two in by one invite: everybody finds the same one in', () => {
    const world = new World();
    const second = withSecond(world);
    const { keys } = world.invite();
    const [a, b] = [world.person(), world.person()];
    a.join(keys);
    b.join(keys);
    for (const master of [world.first, second]) master.hear();
    world.first.act((acting) => admit(acting, a.log));
    second.act((acting) => admit(acting, b.log));
    for (const person of [world.first, second, a, b]) {
      person.hear();
      const { members, refused } = person.state();
      assert.equal(members.get(a.log)?.state, 'admitted');
      assert.equal(members.get(b.log)?.state, 'waiting');
      assert.deepEqual(
        refused.map(({ why }) => why),
        ['overruled'],
      );
    }
  });

  it('let the same one in: it is in', () => {
    const world = new World();
    const second = withSecond(world);
    const { keys } = world.invite();
    const a = world.person();
    a.join(keys);
    for (const master of [world.first, second]) master.hear();
    for (const master of [second, world.first]) master.act((acting) => admit(acting, a.log));
    a.hear();
    assert.equal(a.state().members.get(a.log)?.state, 'admitted');
    assert.deepEqual(refusals(a.state()), []);
  });

  it('remove and describe one: removal holds, whatever the order', () => {
    const world = new World();
    const alice = world.member();
    const second = withSecond(world);
    world.first.hear();
    second.act((acting) => remove(acting, alice.log));
    world.first.act((acting) => describeMember(acting, alice.log, VIEWER));
    for (const person of [world.first, second, alice]) {
      person.hear();
      assert.equal(person.state().members.get(alice.log)?.state, 'removed');
    }
  });

  it('withdraw an invite and let in by it: withdrawal holds, unless it knew of the admission', () => {
    for (const knew of [false, true]) {
      const world = new World();
      const second = withSecond(world);
      const { keys, id } = world.invite();
      const a = world.person();
      a.join(keys);
      for (const master of [world.first, second]) master.hear();
      world.first.act((acting) => admit(acting, a.log));
      if (knew) second.hear();
      second.act(({ writer }) => writer.write({ kind: 'withdraw', invite: id }, { audience: 'clear' }));
      for (const person of [world.first, second, a]) {
        person.hear();
        assert.equal(person.state().members.get(a.log)?.state, knew ? 'admitted' : 'waiting');
      }
    }
  });

  it('make a new key each: both can be opened, and everybody writes with the same', () => {
    const world = new World();
    const alice = world.member();
    const second = withSecond(world);
    const bob = world.member();
    for (const person of [world.first, second, alice]) person.hear();
    for (const master of [world.first, second]) {
      master.act((acting) => remove(acting, bob.log));
      master.refresh();
    }
    const names = new Set<string>();
    for (const person of [world.first, second, alice]) {
      person.hear();
      const all = person.state().audiences.get(ALL)!;
      assert.ok(all.secret);
      names.add(all.current.id);
    }
    assert.equal(names.size, 1);
    assert.ok(second.refresh() > 0, 'one more opens both');
    assert.equal(second.refresh(), 0);
    const carol = world.member();
    const made = [...world.records.values()].filter(
      ({ header, stored }) => header.audience === 'clear' && stored.includes('"audience":"all"'),
    );
    assert.ok(made.length >= 4);
    for (const { hash } of made) assert.ok(carol.state().keychain.secretOf(hash), 'who comes later can open all of them');
  });
});

describe('what nobody may say', () => {
  it('a member that speaks as a Master is not heard', () => {
    const world = new World();
    const [mallory, alice] = [world.member(), world.member()];
    mallory.hear();
    mallory.act(({ writer }) => {
      writer.write({ kind: 'remove', log: alice.log, last: null }, { audience: 'clear' });
      writer.write({ kind: 'certify', keys: publicKeysOf(mallory.keys), after: 0 }, { audience: 'clear' });
      writer.write({ kind: 'revoke', log: world.first.log, last: null }, { audience: 'clear' });
    });
    alice.hear();
    const { members, masters } = alice.state();
    assert.equal(members.get(alice.log)?.state, 'admitted');
    assert.equal(masters.size, 2);
  });

  it('a member can make no key but its own vault’s, and seal nothing for others', () => {
    const world = new World();
    const [mallory, alice] = [world.member(), world.member()];
    mallory.hear();
    const before = alice.state().audiences.get(ALL)!.current.id;
    const made: string[] = [];
    mallory.act(({ writer, host, state }) => {
      const toAlice = [{ id: alice.log, box: publicKeysOf(alice.keys).box }];
      made.push(...[ALL, vaultOf(alice.log), MASTERS].map((name) => writeEpoch(writer, name, toAlice, [], host).id));
      writer.write(
        { kind: 'describe', name: 'Mallory’s' },
        targetFor({ ...state, audiences: new Map([...state.audiences].map(([name, one]) => [name, { ...one, isCurrent: true }])) }, ALL),
      );
    });
    for (const person of [alice, world.first]) {
      person.hear();
      const state = person.state();
      assert.equal(state.audiences.get(ALL)!.current.id, before);
      assert.equal(state.name, 'Statistics 101');
      assert.ok(state.audiences.get(vaultOf(alice.log))?.secret);
      for (const epoch of made) assert.equal(state.keychain.secretOf(epoch), undefined);
    }
  });

  it('a Master’s word from before it was one does not count', () => {
    const world = new World();
    const [second, alice] = [world.member(), world.member()];
    second.hear();
    second.act(({ writer }) => writer.write({ kind: 'remove', log: alice.log, last: null }, { audience: 'clear' }));
    world.first.hear();
    world.first.act((acting) => certify(acting, publicKeysOf(second.keys)));
    alice.hear();
    assert.equal(alice.state().members.get(alice.log)?.state, 'admitted');
    assert.equal(alice.state().masters.size, 3);
  });

  it('a Master can’t tell one member what is another’s, or seal for fewer than it says', () => {
    const world = new World();
    const [alice, bob] = [world.member(), world.member()];
    world.first.hear();
    world.first.act(({ writer, state }) => {
      const about = { kind: 'member' as const, log: bob.log, name: 'Not Bob', role: 'viewer' as const, groups: [], secrets: [] };
      writer.write(about, targetFor(state, vaultOf(alice.log)));
      writer.write({ kind: 'describe', name: 'For some' }, { ...targetFor(state, EDITORS), audience: ALL });
    });
    for (const person of [alice, world.first]) {
      person.hear();
      assert.deepEqual(refusals(person.state()), ['not-allowed', 'unreadable']);
      assert.equal(person.state().name, 'Statistics 101');
    }
    assert.equal(world.first.state().members.get(bob.log)?.described?.name, EDITOR.name);
  });

  it('an unknown kind is kept; a critical one stops acting, from Masters alone', () => {
    const world = new World();
    const alice = world.member();
    raw(alice, { critical: true }, { kind: 'future', of: 'a member' });
    raw(world.first, {}, { kind: 'future' });
    world.first.act((acting) => countersign(acting, []));
    const before = world.first.state();
    assert.deepEqual([before.stopped, refusals(before), before.unknown.length], [[], [], 1]);
    raw(world.first, { critical: true }, { kind: 'far-future' });
    assert.deepEqual(world.first.state().stopped, ['far-future']);
    alice.hear();
    assert.deepEqual(alice.state().stopped, ['far-future']);
  });

  it('a key that not all recipients were given alike is taken only by who was given the one it is known by', () => {
    const world = new World();
    const [alice, bob] = [world.member(), world.member()];
    world.first.hear();
    const { current } = world.first.state().audiences.get(ALL)!;
    world.first.act(({ writer, host }) => {
      const at = { log: writer.log, sequence: writer.sequence };
      const secrets = [alice, bob].map(() => Buffer.from(host.randomHex(32), 'hex'));
      const wraps = [alice, bob].map(({ log, keys }, i) => {
        const box = sealTo(keys.box.publicKey, WRAP_INFO, wrapContext(world.space, ALL, at, log), secrets[i]!, host);
        return { to: log, box: box.toString('base64url') };
      });
      const commitment = commitmentTo(world.space, ALL, secrets[0]!);
      writer.write({ kind: 'keys', audience: ALL, commitment, wraps, public: null, previous: [], shards: [] }, { audience: 'clear' });
    });
    for (const person of [alice, bob]) person.hear();
    assert.notEqual(alice.state().audiences.get(ALL)?.current.id, current.id);
    assert.ok(alice.state().audiences.get(ALL)?.secret);
    assert.equal(bob.state().audiences.get(ALL)?.secret, undefined);
  });

  it('a set is for those who were chosen, as long as they are members', () => {
    const world = new World();
    const [alice, bob, carol] = [world.member(), world.member(), world.member()];
    world.first.hear();
    const set = world.first.act((acting) => makeSet(acting, [alice.log, bob.log])).audience;
    for (const person of [alice, bob, carol]) person.hear();
    assert.ok(alice.state().audiences.get(set)?.secret && bob.state().audiences.get(set)?.secret);
    assert.equal(carol.state().audiences.get(set)?.secret, undefined);
    assert.ok(targetFor(world.first.state(), set));
    world.first.act((acting) => remove(acting, bob.log));
    assert.throws(() => targetFor(world.first.state(), set), /is due/);
    world.first.refresh();
    for (const person of [alice, bob]) person.hear();
    assert.ok(alice.state().audiences.get(set)?.secret);
    assert.equal(bob.state().audiences.get(set)?.secret, undefined);
    assert.ok(targetFor(world.first.state(), set));
    const { keychain, audiences } = alice.state();
    const epoch = audiences.get(set)!.current.id;
    assert.deepEqual(keychain.keyOf(epoch), world.first.state().keychain.keyOf(epoch), 'files are sealed with the same key');
    assert.throws(() => carol.state().keychain.keyOf(epoch), { code: 'refused' });
  });
});

describe('a log that goes wrong stalls itself alone', () => {
  it('forked: what came before stands, and a Master picks a side', () => {
    const world = new World();
    const [alice, bob] = [world.member(), world.member()];
    const copy = twin(alice);
    alice.act((acting) => leave(acting));
    copy.act((acting) => refreshVaultAlways(acting));
    world.first.hear();
    const forked = world.first.state();
    assert.equal(forked.members.get(alice.log)?.state, 'admitted', 'neither side counts');
    assert.deepEqual(refusals(forked), ['forked', 'forked']);
    assert.equal(forked.members.get(bob.log)?.chain.standing.length, 1);
    const side = [...alice.heard.values()].findLast(({ header }) => header.log === alice.log)!;
    world.first.act((acting) => remove(acting, alice.log, { sequence: side.header.sequence, hash: side.hash }));
    const picked = world.first.state();
    assert.equal(picked.members.get(alice.log)?.chain.standing.at(-1)?.hash, side.hash);
    assert.deepEqual(refusals(picked), ['forked']);
  });

  it('citing what is not there, or is otherwise, or with a wrong depth', () => {
    const world = new World();
    const bad = (changes: (citation: Header['seen'][number]) => Header['seen'][number], depthMore = 0): string[] => {
      const alice = world.member();
      alice.hear();
      const seen = alice.state().heads.map((one) => (one.log === world.first.log ? changes({ ...one }) : { ...one }));
      const deepest = Math.max(...seen.map(({ depth }) => depth));
      raw(alice, { seen: seen.toSorted((a, b) => (a.log < b.log ? -1 : 1)), depth: deepest + 1 + depthMore }, { kind: 'leave' });
      world.first.hear();
      const state = world.first.state();
      assert.equal(state.members.get(alice.log)?.state, 'admitted');
      return refusals(state);
    };
    assert.deepEqual(
      bad((cited) => ({ ...cited, hash: '0'.repeat(64) })),
      ['missing'],
    );
    assert.deepEqual(bad((cited) => ({ ...cited, depth: cited.depth + 5 })).toSorted(), ['missing', 'wrong']);
    assert.deepEqual(bad((cited) => ({ ...cited, sequence: cited.sequence - 1 })).toSorted(), ['missing', 'wrong', 'wrong']);
    assert.deepEqual(bad((cited) => cited, 9_000_000).toSorted(), ['missing', 'wrong', 'wrong', 'wrong']);
    const later = world.member();
    assert.equal(world.first.state().members.get(later.log)?.state, 'admitted');
  });

  it('that leaves out a number', () => {
    const world = new World();
    const alice = world.member();
    raw(alice, { sequence: 3 }, { kind: 'leave' });
    world.first.hear();
    assert.deepEqual(refusals(world.first.state()), ['wrong']);
    assert.equal(world.first.state().members.get(alice.log)?.state, 'admitted');
  });

  it('that begins otherwise than when it was let in', () => {
    const world = new World();
    const alice = world.member();
    const [begin] = alice.state().members.get(alice.log)!.chain.standing;
    const other = writeRecord({ ...begin!.header, depth: 1, seen: [] }, Buffer.from('{"kind":"leave"}'), alice.keys);
    for (const records of [[other], [other, begin!]]) {
      const rest = [...world.records.values()].filter((record) => record !== begin);
      const state = stateOf(world, [...rest, ...records], [world.first.keys]);
      assert.equal(state.members.get(alice.log)?.state, 'admitted', 'it has a place, and nothing to say');
      assert.deepEqual(state.members.get(alice.log)?.chain.standing, []);
      assert.deepEqual(new Set(refusals(state)), new Set(['forked']));
    }
  });

  it('whose records are lost in the middle waits for them, and goes on when they are back', () => {
    const world = new World();
    const alice = world.member();
    const own = [...world.records.values()].filter(({ header }) => header.log === world.first.log);
    const without = [...world.records.values()].filter((record) => record !== own[4]);
    const partly = stateOf(world, without, [alice.keys]);
    assert.equal(partly.masters.get(world.first.log)?.chain.standing.length, 4);
    assert.ok(partly.refused.length > 0 && partly.refused.every(({ why }) => why === 'missing'));
    assert.deepEqual(alice.state().refused, []);
  });

  it('from another Space is not heard', () => {
    const [here, there] = [new World('here'), new World('there')];
    assert.notEqual(here.space, there.space);
    here.publish([...there.records.values()]);
    here.first.hear();
    const { masters } = here.first.state();
    assert.ok(!masters.has(there.first.log));
  });
});

/** A new epoch of the own vault though none is due, as something harmless to write. */
function refreshVaultAlways(acting: Parameters<typeof refreshVault>[0]): void {
  const name = vaultOf(acting.writer.log);
  const vault = acting.state.audiences.get(name)!;
  const audiences = new Map(acting.state.audiences).set(name, { ...vault, isCurrent: false });
  assert.equal(refreshVault({ ...acting, state: { ...acting.state, audiences } }).length, 1);
}

it('an invite can be made by any Master, and needs no more than its code', () => {
  const world = new World();
  const second = withSecond(world);
  const keys = newKeys(world.host);
  second.act((acting) => invite(acting, keys, VIEWER, { expires: world.now, succeeds: null }));
  world.first.hear();
  const person = world.person();
  person.join(keys);
  assert.equal(world.first.admitAll().length, 1);
});
