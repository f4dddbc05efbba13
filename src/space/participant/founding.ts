/** The ways into a Space: making one, coming by an invite, and taking a Master's place with the recovery code, which ends others' too. */
import { SnapstageError } from '../../base/errors.ts';
import { identityId, publicKeysOf } from '../records/identity.ts';
import { KEY_BYTES } from '../crypto/rawKeys.ts';
import { boxKey } from '../crypto/hpke.ts';
import { signingKey } from '../crypto/signing.ts';
import type { Invite } from '../keys/inviteCode.ts';
import type { InstanceSeeds } from '../keys/keyring.ts';
import { keyPairsOf, type KeyPairs } from '../keys/keyPairs.ts';
import { parseRecoveryCode, recoveryCode } from '../keys/recoveryCode.ts';
import { ring } from '../logs/bell.ts';
import { putRecords } from '../logs/hubRecords.ts';
import { LogWriter } from '../logs/logWriter.ts';
import { OwnLog } from '../logs/ownLog.ts';
import { certify, createSpace, join, revoke, type Acting } from '../members/acts.ts';
import type { SpaceState } from '../members/state.ts';
import { ofKind } from '../members/statements.ts';
import { departureIn } from '../moving/moves.ts';
import type { SignedRecord } from '../records/envelope.ts';
import { SPACE_FOLDER, writeBelonging, type Belonging } from './belonging.ts';
import { knownSecrets, Participant, type Ground } from './participant.ts';

const SECRET_BYTES = 32;

/** What a way in needs besides: the instance's folder, and the hub's place as others will name it. */
export interface Entry {
  readonly folder: string;
  readonly hub: string;
}

/**
 * Makes a Space with this instance as its Master. Its hub must be made by then. Returns the participant, and the recovery code, which
 * nobody keeps. @throws SnapstageError those of the hub and of the keyring; nothing is left of it then, but in the hub.
 */
export async function foundSpace(
  ground: Ground,
  { folder, hub }: Entry,
  name: string,
): Promise<{ participant: Participant; recovery: string }> {
  const { host, files } = ground;
  files.makeFolder(SPACE_FOLDER);
  const secret = Buffer.from(host.randomHex(SECRET_BYTES), 'hex');
  const seeds = newSeeds(ground);
  const made = createSpace(keyPairsOf('root', secret), pairsOf(seeds), name, host);
  const participant = await settled(ground, { space: made.space, folder, hub }, seeds, async (belonging) => {
    save(ground, belonging, made.master);
    for (const records of [made.root, made.master]) await putRecords(ground.hub, records);
  });
  await participant.look();
  await participant.learn();
  return { participant, recovery: recoveryCode(secret) };
}

/** What an invite is to, as far as the hub tells. Nobody has been told of it yet. */
export interface Welcome {
  readonly space: string;
  readonly name: string | undefined;
  readonly role: 'editor' | 'viewer';
  /** What the one who is invited is called. */
  readonly called: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** Looks what an invite is to. @throws SnapstageError `not-found` when it is not known in the hub; `refused` when it is over; those of the hub. */
export async function readWelcome(ground: Ground, invite: Invite): Promise<Welcome> {
  return (await visit(ground, invite)).welcome;
}

/**
 * Asks for a place in a Space by an invite, which is had as soon as a Master's engine sees it. What the invite opens can be read at once.
 * @throws SnapstageError as `readWelcome`; those of the keyring.
 */
export async function joinSpace(ground: Ground, { folder, hub }: Entry, invite: Invite): Promise<Participant> {
  const { visitor, keys } = await visit(ground, invite);
  const seeds = newSeeds(ground);
  const writer = new LogWriter(invite.space, pairsOf(seeds), undefined, visitor.state.heads, ground.host);
  join({ state: visitor.state, writer, host: ground.host }, 'invite', keys);
  const secrets = knownSecrets(visitor.state);
  const participant = await settled(ground, { space: invite.space, folder, hub }, seeds, async (belonging) => {
    // What was verified once is not verified again.
    await ground.keyring.learn(belonging.space, belonging.log, { secrets, heads: visitor.newHeads });
    save(ground, belonging, writer.written);
    await putRecords(ground.hub, writer.written);
  });
  await participant.sync();
  return participant;
}

/**
 * Makes this instance a Master with the recovery code of the Space, beside those that there are.
 * @throws SnapstageError `usage` for another code; `not-found` when its Space is not in this hub.
 */
export async function recoverSpace(ground: Ground, { folder, hub }: Entry, code: string): Promise<Participant> {
  const root = keyPairsOf('root', parseRecoveryCode(code));
  ground.files.makeFolder(SPACE_FOLDER);
  const space = identityId(publicKeysOf(root));
  const seeds = newSeeds(ground);
  const pairs = pairsOf(seeds);
  const visitor = new Participant(ground, { space, log: identityId(publicKeysOf(pairs)), hub }, { pairs, secrets: [], heads: {} }, [root]);
  await visitor.look();
  if (visitor.state.heads.length === 0)
    throw new SnapstageError('not-found', `The Space of this code is not in the hub ${ground.hub.place}.`, {
      space,
      hub: ground.hub.place,
    });
  mustBeAt(ground, visitor.state);
  const said = sayAsRoot(visitor, root, (acting) => certify(acting, publicKeysOf(pairs)));
  return settled(ground, { space, folder, hub }, seeds, async () => {
    await said.send();
    // With the root's key at hand it gives itself the Masters'.
    await visitor.sync();
  });
}

/**
 * Ends the office of another Master, one that was lost or stolen say, with the recovery code; then nothing more is sealed for it.
 * @throws SnapstageError `refused` for the code of another Space; `usage` for what is no code; those of the hub.
 */
export async function revokeMaster(participant: Participant, code: string, log: string): Promise<void> {
  const root = keyPairsOf('root', parseRecoveryCode(code));
  if (identityId(publicKeysOf(root)) !== participant.belonging.space)
    throw new SnapstageError('refused', 'This is the recovery code of another Space.', { reason: 'other-space' });
  await sayAsRoot(participant, root, (acting) => revoke(acting, log)).send();
  await participant.sync();
}

/** What the Space's root says, whose key is at hand; it goes to the hub with `send`. */
function sayAsRoot(
  { ground, state, belonging: { space } }: Participant,
  root: KeyPairs,
  say: (acting: Acting) => void,
): { readonly send: () => Promise<void> } {
  const standing = state.masters.get(space)?.chain.standing ?? [];
  const last = standing.toSorted((a, b) => a.header.sequence - b.header.sequence).at(-1);
  const writer = new LogWriter(space, root, last, state.heads, ground.host);
  say({ state, writer, host: ground.host });
  return {
    async send() {
      await putRecords(ground.hub, writer.written);
      await ring(ground.hub, space, writer.sequence - 1, (log) => log === space);
    },
  };
}

/**
 * Gives a copy of an instance a log of its own, as the same member: two that wrote one log would contradict each other.
 * @throws SnapstageError `refused` for a copy of a Master; those of the hub and of the keyring.
 */
export async function renewCopy(ground: Ground, { folder, hub }: Entry, belonging: Belonging): Promise<Participant> {
  const { space, log } = belonging;
  const original = await openParticipant(ground, belonging);
  const { pairs } = (await ground.keyring.get(space, log))!;
  await original.look();
  if (original.isMaster) {
    const message =
      'This folder is a copy of the Master’s. Work in that one; or make this one a Master too: leave the Space here, then “space recover”.';
    throw new SnapstageError('refused', message, { reason: 'copy-of-master', space });
  }
  const seeds = newSeeds(ground);
  const writer = new LogWriter(space, pairsOf(seeds), undefined, original.state.heads, ground.host);
  join({ state: original.state, writer, host: ground.host }, 'log', pairs);
  const secrets = knownSecrets(original.state);
  const participant = await settled(ground, { space, folder, hub }, seeds, async (renewed) => {
    await ground.keyring.learn(space, renewed.log, { secrets });
    save(ground, renewed, writer.written);
    await putRecords(ground.hub, writer.written);
  });
  await participant.sync();
  return participant;
}

/** Reads the hub as who has the invite, which leaves no trace there. */
async function visit(ground: Ground, invite: Invite): Promise<{ visitor: Participant; keys: KeyPairs; welcome: Welcome }> {
  ground.files.makeFolder(SPACE_FOLDER);
  const keys = keyPairsOf('invite', invite.secret);
  const id = identityId(publicKeysOf(keys));
  const visitor = new Participant(ground, { space: invite.space, log: id, hub: '' }, { pairs: keys, secrets: [], heads: {} });
  await visitor.look();
  const { state } = visitor;
  const found = ofKind(state.statements, 'welcome').findLast(({ record }) => record.header.audience === `box-${id}`)?.body;
  mustBeAt(ground, state);
  if (found === undefined && state.revokedInvites.has(id)) throw over('who made it is no Master any more');
  if (found === undefined)
    throw new SnapstageError(
      'not-found',
      `The hub ${ground.hub.place} does not know of this invite. It may not have got there yet: try again later.`,
      {
        reason: 'no-invite',
        hub: ground.hub.place,
      },
    );
  if (ofKind(state.statements, 'withdraw').some(({ body }) => body.invite === id)) throw over('it was withdrawn');
  if (ofKind(state.statements, 'admit').some(({ body }) => body.via === `invite-${id}`)) throw over('it has been used');
  if (ground.host.now() > found.expires) throw over('it has expired');
  const welcome = { space: invite.space, name: state.name, role: found.role, called: found.name, expires: found.expires };
  return { visitor, keys, welcome };
}

/** Nobody listens any more in a hub that the Space has left. @throws SnapstageError `refused` with the reason `hub-moved` and the new `hub`. */
function mustBeAt({ hub }: Ground, state: SpaceState): void {
  const place = departureIn(state);
  if (place === undefined || place === hub.place) return;
  const message = `The Space has left the hub ${hub.place} for ${place}. Name that place, if you trust who named it.`;
  throw new SnapstageError('refused', message, { reason: 'hub-moved', left: hub.place, hub: place });
}

function over(why: string): SnapstageError {
  return new SnapstageError('refused', `This invite can’t be used any more: ${why}. Ask for a new one.`, { reason: 'invite-over' });
}

/** Keeps the keys, does what is to be done, and notes last that the instance belongs there: what fails before leaves no keys. */
async function settled(
  ground: Ground,
  { space, folder, hub }: Entry & { readonly space: string },
  seeds: InstanceSeeds,
  enter: (belonging: Belonging) => Promise<void>,
): Promise<Participant> {
  const { keyring, files } = ground;
  const log = await keyring.add(space, seeds, folder);
  const belonging = { space, log, hub };
  try {
    await enter(belonging);
    writeBelonging(files, belonging);
  } catch (error) {
    await keyring.remove(space, log);
    throw error;
  }
  return openParticipant(ground, belonging);
}

/** @throws SnapstageError `refused` when this user has no keys for the instance; those of the keyring. */
export async function openParticipant(ground: Ground, belonging: Belonging): Promise<Participant> {
  const keys = await ground.keyring.get(belonging.space, belonging.log);
  if (keys !== undefined) return new Participant(ground, belonging, keys);
  const message = `The keys of this instance are not in ${ground.keyring.file}. Put them back from a backup, or join the Space again with a new invite.`;
  throw new SnapstageError('refused', message, { reason: 'no-keys', ...belonging });
}

function save({ files }: Ground, { space, log }: Belonging, records: readonly SignedRecord[]): void {
  new OwnLog(files, SPACE_FOLDER, { space, log }).save(records);
}

function newSeeds({ host }: Ground): InstanceSeeds {
  return { signing: Buffer.from(host.randomHex(KEY_BYTES), 'hex'), box: Buffer.from(host.randomHex(KEY_BYTES), 'hex') };
}

function pairsOf({ signing, box }: InstanceSeeds): KeyPairs {
  return { signing: signingKey(signing), box: boxKey(box) };
}
