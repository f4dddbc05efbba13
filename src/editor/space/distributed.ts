import { EventEmitter, l10n, workspace, type Disposable } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { EntryInfo } from '../../engine/api.ts';
import type { Instance } from '../instance.ts';
import type { DistributedState } from '../state.ts';
import type { Work } from '../work.ts';
import type { Spaces } from './spaces.ts';
import { distributedName, restrictionInWords } from './spaceWords.ts';

/** All that was distributed to instances, as a state that can be looked into: brought here when somebody looks. */
export class Distributed implements Disposable {
  readonly #spaces: Spaces;
  readonly #work: Work;
  readonly #known = new WeakMap<Instance, string>();
  readonly #changed = new EventEmitter<Instance>();
  /** Something else holds than what was last looked at. */
  readonly onDidChange = this.#changed.event;

  constructor(spaces: Spaces, work: Work) {
    this.#spaces = spaces;
    this.#work = work;
  }

  /**
   * Up to date with what is known here, or with `sync` with the hub where that is there; what is lacking of it is fetched. In Restricted
   * Mode it stays as it is. @throws SnapstageError `not-found` where it never was here; those of the hub.
   */
  async bring(instance: Instance, { sync }: { readonly sync: boolean }): Promise<DistributedState> {
    const { distributed } = await this.#spaces.mustBelong(instance);
    const state = { kind: 'distributed', id: 'distributed', name: distributedName(), created: distributed.made ?? '' } as const;
    if (!workspace.isTrusted) return state;
    const title = l10n.t('Fetching what was distributed to {0}', instance.name);
    const { id, made } = await this.#work.run(title, (options) => instance.engine.distributed({ sync }, options));
    if (this.#known.get(instance) !== id) {
      this.#known.set(instance, id);
      this.#changed.fire(instance);
    }
    return { ...state, created: made ?? '' };
  }

  /** What is in a folder of it; `''` is all of it, brought here first. @throws SnapstageError as `bring`. */
  async list(instance: Instance, path: string): Promise<readonly EntryInfo[]> {
    if (path === '') await this.bring(instance, { sync: false });
    try {
      return await instance.engine.ls({ state: 'distributed', path });
    } catch (error) {
      if (workspace.isTrusted || !(error instanceof SnapstageError) || error.code !== 'not-found') throw error;
      // Nothing is fetched there, so it may never have been here.
      throw new SnapstageError('refused', restrictionInWords());
    }
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
