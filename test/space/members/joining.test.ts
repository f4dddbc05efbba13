import assert from 'node:assert/strict';
import { admissible, admit, describeMember, leave, remove, targetFor, withdraw } from '../../../src/space/members/acts.ts';
import { ALL, EDITORS, MASTERS, recipientsOf, vaultOf } from '../../../src/space/members/audiences.ts';
import { firstEpoch } from '../../../src/space/members/epochs.ts';
import { joinProof } from '../../../src/space/members/membership.ts';
import { sign } from '../../../src/space/crypto/signing.ts';
import { identityId, publicKeysOf } from '../../../src/space/records/identity.ts';
import { EDITOR, VIEWER, World } from '../../support/spaces.ts';

describe('a Space', () => {
  it('has a name, a root and a Master, and keys that both can open', () => {
    const world = new World();
    for (const person of [world.first, world.root]) {
      const state = person.state();
      assert.equal(state.name, 'Statistics 101');
      assert.deepEqual([...state.masters.keys()], [world.space, world.first.log]);
      assert.deepEqual(state.refused, []);
      for (const audience of state.audiences.values()) assert.ok(audience.isCurrent && audience.secret !== undefined, audience.name);
    }
  });

  it('tells a stranger who its Masters are, and nothing else', () => {
    const state = new World().person().state();
    assert.equal(state.name, undefined);
    assert.equal(state.masters.size, 2);
    assert.ok([...state.audiences.values()].every(({ secret }) => secret === undefined));
  });
});

describe('joining', () => {
  it('goes by invite, join and admission', () => {
    const world = new World();
    const { keys, id } = world.invite();
    const alice = world.person();
    alice.otherKeys.push(keys);
    assert.equal(alice.state().name, 'Statistics 101', 'the code alone opens what members read');
    alice.join(keys);
    world.first.hear();
    const waiting = world.first.state();
    assert.deepEqual(
      admissible(waiting).map(({ log }) => log),
      [alice.log],
    );
    assert.deepEqual(waiting.invites.get(id)?.joins, [alice.log]);
    world.first.admitAll();
    const state = world.first.state();
    assert.equal(state.invites.get(id)?.state, 'used');
    const member = state.members.get(alice.log);
    assert.equal(member?.state, 'admitted');
    assert.deepEqual({ name: member.described?.name, role: member.described?.role }, { name: EDITOR.name, role: 'editor' });
    assert.ok(state.audiences.get(ALL)?.isCurrent, 'no new key for every newcomer');
    alice.otherKeys.length = 0;
    alice.hear();
    const own = alice.state();
    assert.equal(own.members.get(alice.log)?.described?.name, EDITOR.name);
    assert.equal(own.name, 'Statistics 101', 'its own key opens it too');
    assert.ok(own.audiences.get(EDITORS)?.secret);
    assert.deepEqual(state.refused, []);
  });

  it('gives viewers no key for what editors read', () => {
    const world = new World();
    const viewer = world.member(VIEWER);
    assert.ok(viewer.state().audiences.get(ALL)?.secret);
    assert.equal(viewer.state().audiences.get(EDITORS)?.secret, undefined);
    assert.throws(() => targetFor(viewer.state(), EDITORS), /has no key for editors/);
  });

  it('shows nobody the names and roles of others but to Masters', () => {
    const world = new World();
    const alice = world.member();
    const bob = world.member({ name: 'Bob Bell', role: 'viewer', groups: [] });
    alice.hear();
    assert.equal(alice.state().members.get(bob.log)?.described, undefined);
    assert.equal(alice.state().members.get(bob.log)?.state, 'admitted');
    assert.equal(world.first.state().members.get(bob.log)?.described?.name, 'Bob Bell');
  });

  it('by an invite used twice waits for a person, who chooses', () => {
    const world = new World();
    const { keys, id } = world.invite();
    const [alice, thief] = [world.person(), world.person()];
    alice.join(keys);
    thief.join(keys);
    assert.deepEqual(world.first.admitAll(), []);
    assert.equal(world.first.state().members.get(thief.log)?.obstacle, 'contested');
    assert.deepEqual(world.first.state().invites.get(id)?.joins.toSorted(), [alice.log, thief.log].toSorted());
    world.first.act((acting) => admit(acting, alice.log));
    const { members } = world.first.state();
    assert.equal(members.get(alice.log)?.state, 'admitted');
    assert.equal(members.get(thief.log)?.obstacle, 'used');
    assert.throws(() => world.first.act((acting) => admit(acting, thief.log)), /can’t be let in: used/);
  });

  it('by an expired invite waits for a person; its keys are replaced', () => {
    const world = new World();
    const { keys } = world.invite();
    const late = world.person();
    late.join(keys);
    world.now += 2000;
    assert.deepEqual(world.first.admitAll(), []);
    assert.equal(world.first.state().members.get(late.log)?.obstacle, 'expired');
    assert.equal(world.first.state().audiences.get(ALL)?.isCurrent, false);
    assert.throws(() => targetFor(world.first.state(), ALL), /new key for all is due/);
    assert.equal(world.first.refresh(), 2);
    assert.ok(world.first.state().audiences.get(ALL)?.isCurrent);
    late.hear();
    assert.notEqual(late.state().audiences.get(ALL)?.current, undefined);
    assert.equal(late.state().audiences.get(ALL)?.secret, undefined, 'the old code does not open the new key');
    world.first.act((acting) => admit(acting, late.log));
    late.hear();
    assert.ok(late.state().audiences.get(ALL)?.secret, 'once let in it has the new one');
  });

  it('by a withdrawn invite is refused, and its keys are replaced', () => {
    const world = new World();
    const { keys, id } = world.invite();
    const someone = world.person();
    world.first.act((acting) => withdraw(acting, id));
    someone.join(keys);
    assert.deepEqual(world.first.admitAll(), []);
    assert.equal(world.first.state().invites.get(id)?.state, 'withdrawn');
    assert.equal(world.first.state().members.get(someone.log)?.obstacle, 'withdrawn');
    assert.throws(() => world.first.act((acting) => admit(acting, someone.log)), /withdrawn/);
    assert.equal(world.first.refresh(), 2);
    someone.hear();
    assert.equal(someone.state().audiences.get(ALL)?.secret, undefined);
  });

  it('needs the invite’s key: its id alone, read in another’s join, does not do', () => {
    const world = new World();
    const { id } = world.invite();
    const thief = world.person();
    thief.act(({ writer, host, state }) => {
      const forged = { commitment: host.randomHex(32), wraps: [] };
      assert.equal(state.invites.size, 0);
      const proof = Buffer.from(host.randomHex(64), 'hex').toString('base64url');
      writer.write({ kind: 'join', via: `invite-${id}`, proof, vault: forged }, { audience: 'clear' });
    });
    assert.deepEqual(world.first.admitAll(), []);
    assert.equal(world.first.state().members.get(thief.log)?.obstacle, 'bad-proof');
    assert.deepEqual(world.first.state().invites.get(id)?.joins, [], 'and does not stand in the way of who has it');
  });

  it('again after a lost key takes the place of the log it succeeds', () => {
    const world = new World();
    const lost = world.member();
    const { keys } = world.invite(EDITOR, world.first, lost.log);
    const again = world.person();
    again.join(keys);
    world.first.admitAll();
    const { members, audiences } = world.first.state();
    assert.equal(members.get(lost.log)?.state, 'removed');
    assert.equal(members.get(again.log)?.succeeds, lost.log);
    assert.equal(audiences.get(ALL)?.isCurrent, false);
    world.first.refresh();
    lost.hear();
    assert.equal(lost.state().audiences.get(ALL)?.secret, undefined);
    again.hear();
    assert.ok(again.state().audiences.get(ALL)?.secret);
  });

  it('as a second log of the same member needs no code, and its key', () => {
    const world = new World();
    const alice = world.member();
    const copy = world.person();
    copy.join(alice.keys, 'log');
    assert.deepEqual(
      world.first.admitAll().map(({ log }) => log),
      [copy.log],
    );
    assert.equal(world.first.state().members.get(copy.log)?.described?.name, EDITOR.name);
    world.first.act((acting) => remove(acting, alice.log));
    const third = world.person();
    third.join(alice.keys, 'log');
    assert.deepEqual(world.first.admitAll(), []);
    assert.equal(world.first.state().members.get(third.log)?.obstacle, 'removed');
  });
});

describe('membership', () => {
  it('changes its role: what is not for viewers gets a new key', () => {
    const world = new World();
    const alice = world.member();
    world.first.act((acting) => describeMember(acting, alice.log, VIEWER));
    assert.equal(world.first.state().audiences.get(EDITORS)?.isCurrent, false);
    assert.equal(world.first.refresh(), 1);
    alice.hear();
    const { audiences, members } = alice.state();
    assert.equal(members.get(alice.log)?.described?.role, 'viewer');
    assert.equal(audiences.get(EDITORS)?.secret, undefined);
    assert.ok(audiences.get(ALL)?.secret);
    world.first.act((acting) => describeMember(acting, alice.log, EDITOR));
    alice.hear();
    assert.ok(alice.state().audiences.get(EDITORS)?.secret, 'an editor again is told the key that holds');
  });

  it('ends by removal: later records are refused, and later keys stay shut', () => {
    const world = new World();
    const [alice, bob] = [world.member(), world.member(VIEWER)];
    world.first.hear();
    world.first.act((acting) => remove(acting, alice.log));
    assert.throws(() => targetFor(world.first.state(), ALL), /new key for all is due/);
    world.first.refresh();
    world.first.act(({ writer, state }) => writer.write({ kind: 'describe', name: 'Statistics 102' }, targetFor(state, ALL)));
    alice.act((acting) => leave(acting));
    for (const person of [world.first, alice, bob]) person.hear();
    assert.equal(bob.state().name, 'Statistics 102');
    assert.equal(alice.state().name, 'Statistics 101');
    const { refused, members } = world.first.state();
    assert.deepEqual(
      refused.map(({ why, record }) => [why, record.header.log]),
      [['late', alice.log]],
    );
    assert.equal(members.get(alice.log)?.state, 'removed');
  });

  it('ends by leaving, which its Master makes good', () => {
    const world = new World();
    const alice = world.member();
    alice.act((acting) => leave(acting));
    world.first.hear();
    assert.equal(world.first.state().members.get(alice.log)?.state, 'left');
    assert.equal(world.first.state().audiences.get(ALL)?.isCurrent, false);
    world.first.act((acting) => remove(acting, alice.log));
    world.first.refresh();
    alice.hear();
    assert.equal(alice.state().members.get(alice.log)?.state, 'removed');
    assert.deepEqual(world.first.state().refused, []);
  });

  it('of many members is wrapped in shards, of which each opens its own', () => {
    const world = new World();
    const people = world.members(261);
    const last = people.pop()!;
    world.first.act((acting) => remove(acting, last.log));
    assert.equal(world.first.refresh(), 2);
    const { audiences, shardsWanted } = world.first.state();
    assert.ok(audiences.get(ALL)!.current.shards.length > 1);
    assert.ok(audiences.get(ALL)?.isCurrent);
    assert.deepEqual(shardsWanted, []);
    for (const person of [people[0]!, people[200]!]) {
      person.hear();
      assert.ok(person.state().audiences.get(ALL)?.secret);
    }
    last.hear();
    assert.equal(last.state().audiences.get(ALL)?.secret, undefined);
    const shards = new Map(world.shards);
    world.shards.clear();
    const { shardsWanted: wanted } = people[0]!.state();
    assert.equal(wanted.length, 2, 'one of each epoch');
    for (const hash of wanted) world.shards.set(hash, shards.get(hash)!);
    assert.ok(people[0]!.state().audiences.get(ALL)?.secret);
    assert.equal(world.first.state().audiences.get(ALL)?.isCurrent, false, 'a lost shard makes a new key due');
    const [hash, bytes] = [...shards][0]!;
    world.shards.set(hash, Buffer.from('[]'));
    assert.notDeepEqual(bytes.toString(), '[]');
    assert.equal(world.first.state().audiences.get(ALL)?.isCurrent, false, 'and so does a changed one');
  });

  it('with a vault that is not for exactly those who are to read it waits, and holds nobody else up', () => {
    const world = new World();
    const [spoilt, good] = [world.invite().keys, world.invite().keys];
    const [eve, bob] = [world.person(), world.person()];
    eve.act(({ state, writer, host }) => {
      const name = vaultOf(writer.log);
      const office = recipientsOf(name, state, state.audiences.get(MASTERS)!.current).filter(({ id }) => id !== world.space);
      const vault = firstEpoch(writer, name, [...office, { id: writer.log, box: publicKeysOf(writer.identity).box }], host);
      const via = `invite-${identityId(publicKeysOf(spoilt))}`;
      const proof = sign(spoilt.signing, ...joinProof(state.space, via, writer.log)).toString('base64url');
      writer.write({ kind: 'join', via, proof, vault }, { audience: 'clear' });
    });
    bob.join(good);
    assert.deepEqual(
      world.first.admitAll().map(({ log }) => log),
      [bob.log],
    );
    const { members, audiences } = world.first.state();
    assert.deepEqual([members.get(eve.log)?.state, members.get(bob.log)?.state], ['waiting', 'admitted']);
    assert.ok(audiences.get(vaultOf(eve.log))?.secret, 'a Master could read it, but root could not');
  });

  it('has a vault of its own that Master and root can open, and others can’t', () => {
    const world = new World();
    const [alice, bob] = [world.member(), world.member()];
    for (const person of [alice, bob, world.first, world.root]) person.hear();
    const secretFor = (person: typeof alice): Buffer | undefined => person.state().audiences.get(vaultOf(alice.log))?.secret;
    assert.ok(secretFor(alice));
    assert.deepEqual(secretFor(world.first), secretFor(alice));
    assert.deepEqual(secretFor(world.root), secretFor(alice));
    assert.equal(secretFor(bob), undefined);
  });
});
