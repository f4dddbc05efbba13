/** Deliveries are applied at once where the instance is one of the same user on this machine, reachable and not busy. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { isSystemError, SnapstageError, toSnapstageError } from '../base/errors.ts';
import type { CallOptions } from '../base/progress.ts';
import { Keyring } from '../space/keys/keyring.ts';
import { readBelonging } from '../space/participant/belonging.ts';
import { DiskFiles } from '../store/disk.ts';
import { STORE_FOLDER } from '../store/store.ts';
import type { EngineApi } from './api.ts';
import type { DeliveryInfo } from './deliveryApi.ts';
import type { DirectDelivery, DirectTarget } from './directApi.ts';
import type { Open } from './open.ts';
import type { Machine } from './opener.ts';
import { participating } from './spaces.ts';

/** What is asked of the engine of a target. */
export type TargetEngine = Pick<EngineApi, 'config' | 'space' | 'inbox' | 'receive' | 'dispose'>;

/** What the keys of this user tell of other instances in the same Space. */
export function directTargets(open: Open, machine: Machine): Promise<readonly DirectTarget[]> {
  return participating(open, machine, async ({ belonging, state }) => {
    const known = await new Keyring(machine.keys, open.store.host).list(belonging.space);
    return known
      .filter(({ log, folder }) => log !== belonging.log && isTheirs(folder, log))
      .map(({ log, folder }) => ({ id: log, name: state.members.get(log)?.described?.name ?? null, folder }));
  });
}

/** Whether the instance that writes this log is in the folder, and the folder is this user's: anybody can write an id into one. */
function isTheirs(folder: string, log: string): boolean {
  const store = path.join(folder, STORE_FOLDER);
  const own = process.getuid?.();
  try {
    if (own !== undefined && [folder, store].some((place) => fs.statSync(place).uid !== own)) return false;
    return readBelonging(new DiskFiles(store))?.log === log;
  } catch (error) {
    // A damaged one says so itself.
    if (error instanceof SnapstageError) return true;
    if (isSystemError(error)) return false;
    throw error;
  }
}

/** Applies what is new at each target, with its own engine, one after the other. @throws SnapstageError `cancelled`. */
export async function deliverDirectly(
  targets: readonly DirectTarget[],
  engineAt: (folder: string) => TargetEngine,
  options: CallOptions | undefined,
): Promise<readonly DirectDelivery[]> {
  const told: DirectDelivery[] = [];
  for (const target of targets) {
    const engine = engineAt(target.folder);
    try {
      const delivered = await deliverAt(target, engine, options);
      if (delivered !== undefined) told.push(delivered);
    } finally {
      await engine.dispose();
    }
  }
  return told;
}

const NOTHING = { created: 0, updated: 0, replaced: 0, kept: 0, 'saved-beside': 0, deleted: 0, merged: 0, waiting: 0 };

async function deliverAt(
  target: DirectTarget,
  engine: TargetEngine,
  options: CallOptions | undefined,
): Promise<DirectDelivery | undefined> {
  const counts: Record<keyof typeof NOTHING, number> = { ...NOTHING };
  let deliveries = 0;
  const told = (reason: string | null): DirectDelivery => {
    const state = reason !== null ? 'later' : counts.waiting > 0 ? 'waiting' : 'applied';
    return { ...target, state, reason, deliveries, counts };
  };
  try {
    await engine.space({ sync: true }, options);
    const fresh = (await engine.inbox(options)).filter(isNew).toReversed();
    if (fresh.length === 0) return undefined;
    if ((await engine.config({}, options)).receive === 'ask') return told('It is asked first there.');
    for (const { id } of fresh) {
      const report = await engine.receive({ delivery: id }, options);
      for (const key of Object.keys(NOTHING) as (keyof typeof NOTHING)[]) counts[key] += report.counts[key];
      deliveries += 1;
    }
    return told(null);
  } catch (error) {
    const known = toSnapstageError(error);
    if (known.code === 'cancelled') throw known;
    return told(known.message);
  }
}

function isNew({ state }: DeliveryInfo): boolean {
  return state === 'new';
}
