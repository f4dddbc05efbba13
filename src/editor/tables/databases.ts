import { l10n } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { SnapshotInfo } from '../../engine/api.ts';
import type { DatabaseInfo } from '../../engine/tablesApi.ts';
import { displayText } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { stateName } from '../state.ts';
import type { Work } from '../work.ts';
import { stateTitle } from '../words.ts';

/** Databases that are remembered of one folder: what a person looks at again while going about. */
const mostKnown = 100;

/** What the databases of states hold. Counting the rows of a large one takes long; in a snapshot they stay as they are, so it is done once. */
export class Databases {
  readonly #work: Work;
  readonly #known = new WeakMap<Instance, Map<string, DatabaseInfo>>();

  constructor(work: Work) {
    this.#work = work;
  }

  /** Those of a state, by path, with their tables, but without rows and sizes. */
  list(instance: Instance, snapshot: SnapshotInfo | undefined): Promise<readonly DatabaseInfo[]> {
    return this.#work.run(l10n.t('Looking for databases in {0}', stateTitle(snapshot)), (options) =>
      instance.engine.tables({ state: stateName(snapshot), counts: false }, options),
    );
  }

  /** One of them with rows and sizes, so that it shows and can be cancelled where it lasts. */
  count(instance: Instance, snapshot: SnapshotInfo | undefined, path: string): Promise<DatabaseInfo> {
    return this.#work.run(l10n.t('Counting the rows of {0}', displayText(path)), (options) => this.read(instance, snapshot, path, options));
  }

  /** The same where nobody waits for it. */
  async read(instance: Instance, snapshot: SnapshotInfo | undefined, path: string, options: CallOptions): Promise<DatabaseInfo> {
    const known = this.#knownOf(instance);
    const key = `${snapshot?.id ?? ''}:${path}`;
    const before = known.get(key);
    if (before) return before;
    const [found] = await instance.engine.tables({ state: stateName(snapshot), database: path }, options);
    if (!found) throw new SnapstageError('not-found', `There is no “${path}” in ${stateName(snapshot)}.`, { path });
    // What could not be read may be healed later.
    if (snapshot && found.problem === null) known.set(key, found);
    for (const oldest of known.keys()) if (known.size > mostKnown) known.delete(oldest);
    return found;
  }

  #knownOf(instance: Instance): Map<string, DatabaseInfo> {
    const known = this.#known.get(instance) ?? new Map<string, DatabaseInfo>();
    this.#known.set(instance, known);
    return known;
  }
}
