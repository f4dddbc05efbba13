/** What in a hub is whose, for servers that can grant rights by name: what is sealed and signed needs none, but these keep it from harm. */
import { areaFolder } from '../delivery/distributions.ts';
import { ALL, EDITORS, vaultOf } from '../members/audiences.ts';
import type { SpaceState } from '../members/state.ts';

/** Names in the hub: files, and folders with all that is in them. */
export interface Rights {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

export interface HubRights {
  readonly everybody: Rights;
  /** By log: what a member has besides. Masters read and write everything. */
  readonly members: ReadonlyMap<string, Rights>;
}

/** Folders in which each log has one of its own. */
const OF_LOGS = ['logs', 'checkpoints', 'lists'];

/** What members need, as far as the reader of this state knows of them. */
export function hubRights({ space, members, audiences }: Pick<SpaceState, 'space' | 'members' | 'audiences'>): HubRights {
  const sets = [...audiences.values()].filter(({ name }) => name.startsWith('set-'));
  const rights = [...members.values()].map(({ log, state, described }): readonly [string, Rights] => {
    const own = [...OF_LOGS.map((folder) => `${folder}/${log}`), `previews/${log}`, areaFolder(space, vaultOf(log))];
    const isEditor = state === 'admitted' && described?.role === 'editor';
    const chosen = sets.filter((set) => set.chosen.includes(log)).map(({ name }) => areaFolder(space, name));
    return [log, { reads: [...(isEditor ? [areaFolder(space, EDITORS)] : []), ...chosen], writes: own }];
  });
  return {
    everybody: { reads: ['SNAPSTAGE-HUB.txt', ...OF_LOGS, 'keys', areaFolder(space, ALL)], writes: ['bell'] },
    members: new Map(rights),
  };
}

/** Folders of whose content a hub may not tell in a listing: areas, and what members publish. */
export function hiddenFolders({ space, members, masters, audiences }: SpaceState): readonly string[] {
  const logs = new Set([...members.keys(), ...masters.keys()]);
  return [...[...audiences.keys()].map((name) => areaFolder(space, name)), ...[...logs].map((log) => `previews/${log}`)];
}
