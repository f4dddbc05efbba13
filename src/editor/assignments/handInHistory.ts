import { l10n, window } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { AssignmentInfo, HandInInfo } from '../../engine/assignmentApi.ts';
import type { Comparison } from '../compare/comparison.ts';
import type { Sides } from '../compare/multiDiff.ts';
import type { Viewer } from '../files/viewer.ts';
import type { Instance } from '../instance.ts';
import { plainLabel } from '../pickers.ts';
import type { Restorer } from '../restore/restore.ts';
import type { KeptState } from '../state.ts';
import { stateTitle } from '../words.ts';
import { handInLateness, handInTitle } from './assignmentWords.ts';
import { handInState, sinceHandedOut } from './keptStates.ts';

export interface HandInHistoryServices {
  readonly comparison: Comparison;
  readonly viewer: Viewer;
  readonly restorer: Restorer;
}

/** What was handed in before: looked at, compared, restored. */
export class HandInHistory {
  readonly #services: HandInHistoryServices;

  constructor(services: HandInHistoryServices) {
    this.#services = services;
  }

  /** With how it was handed out, with another hand-in, or with what is here now. */
  async compare(instance: Instance, assignment: AssignmentInfo, handIn: HandInInfo): Promise<void> {
    const subject = handInState(handIn);
    if (!subject) throw new SnapstageError('usage', l10n.t('The files of this hand-in are not here: collect it first.'));
    const handedOut = sinceHandedOut(instance, assignment, handIn);
    const others = await this.#others(instance, assignment, handIn);
    const items: readonly { readonly label: string; readonly description: string; readonly sides: Sides }[] = [
      ...(handedOut
        ? [
            {
              label: l10n.t('What Was Handed Out'),
              description: l10n.t('what was changed since'),
              sides: handedOut,
            },
          ]
        : []),
      { label: stateTitle(undefined), description: l10n.t('what was changed after it'), sides: { instance, from: subject } },
      ...others.map(({ other, kept }) => ({
        label: plainLabel(handInTitle(other)),
        description: handInLateness(other),
        sides: other.number < handIn.number ? { instance, from: kept, to: subject } : { instance, from: subject, to: kept },
      })),
    ];
    const picked = await window.showQuickPick(items, {
      title: l10n.t('Compare Hand-in {0}', handInTitle(handIn)),
      placeHolder: l10n.t('Compare with what?'),
      matchOnDescription: true,
    });
    if (picked) await this.#services.comparison.show(picked.sides);
  }

  /** The files of a hand-in are as they were in its snapshot; what is here now is kept as a snapshot first. */
  async restore(instance: Instance, assignment: AssignmentInfo, handIn: HandInInfo): Promise<void> {
    const snapshot = (await instance.mustList()).find(({ id }) => id === handIn.snapshot);
    if (!snapshot)
      throw new SnapstageError('not-found', l10n.t('The snapshot of this hand-in was deleted.'), {
        next: l10n.t('Its files can be opened in the Assignments view, and saved from there.'),
      });
    const parts = assignment.parts.map(({ path }) => path);
    const paths = parts.includes('') ? [] : await presentIn(instance, handIn, parts);
    await this.#services.restorer.restore(instance, snapshot, paths);
  }

  /** The read-only document of a file that was handed in, or given back. */
  async open(instance: Instance, kept: KeptState, path: string): Promise<void> {
    await this.#services.viewer.open({ instance, snapshot: kept, path });
  }

  /** By the same member, and here. */
  async #others(instance: Instance, assignment: AssignmentInfo, handIn: HandInInfo): Promise<readonly OtherHandIn[]> {
    const { standings } = await instance.engine.assignment({ assignment: assignment.id });
    const own = standings.find(({ handIns }) => handIns.some(({ id }) => id === handIn.id))?.handIns ?? [];
    return own.toReversed().flatMap((other) => {
      const kept = other.id === handIn.id ? undefined : handInState(other);
      return kept ? [{ other, kept }] : [];
    });
  }
}

interface OtherHandIn {
  readonly other: HandInInfo;
  readonly kept: KeptState;
}

async function presentIn({ engine }: Instance, { state }: HandInInfo, paths: readonly string[]): Promise<readonly string[]> {
  const isPresent = async (path: string): Promise<boolean> => {
    try {
      await engine.ls({ state, path });
      return true;
    } catch (error) {
      if (error instanceof SnapstageError && error.code === 'not-found') return false;
      throw error;
    }
  };
  const found = await Promise.all(paths.map(isPresent));
  return paths.filter((_, at) => found[at]);
}
