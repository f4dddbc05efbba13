import { l10n } from 'vscode';
import type { ApplicationKind, ApplicationList, ApplicationsCheck, RecreatePlan } from '../../engine/applicationsApi.ts';
import { stateName, type State } from '../state.ts';
import type { Work } from '../work.ts';
import { stateTitle } from '../words.ts';
import { kindTitle } from './applicationWords.ts';
import { installedExtensions } from './installedExtensions.ts';

/** An application in a state. */
export interface ApplicationIn extends State {
  readonly kind: ApplicationKind;
  /** Its folder. */
  readonly path: string;
}

/** What the engine says of applications, with what only the editor knows: the extensions that are installed. */
export class Applications {
  readonly #work: Work;

  constructor(work: Work) {
    this.#work = work;
  }

  list({ instance, snapshot }: State): Promise<ApplicationList> {
    return this.#work.run(l10n.t('Looking for applications in {0}', stateTitle(snapshot)), (options) =>
      instance.engine.applications({ state: stateName(snapshot), extensions: installedExtensions() }, options),
    );
  }

  /** Compares a state with what is here; with an application's own, only that one. */
  async check(subject: State | ApplicationIn): Promise<ApplicationsCheck> {
    const { instance, snapshot } = subject;
    const title = l10n.t('Comparing the applications of {0} with this machine', stateTitle(snapshot));
    const found = await this.#work.run(title, (options) =>
      instance.engine.checkApplications({ state: stateName(snapshot), extensions: installedExtensions() }, options),
    );
    if (!('kind' in subject)) return found;
    const applications = found.applications.filter(({ kind, path }) => kind === subject.kind && path === subject.path);
    const runtime = subject.kind === 'conda' ? kindTitle('python') : kindTitle(subject.kind);
    return {
      same: applications.every(({ differences }) => differences.length === 0),
      applications,
      more: 0,
      machine: Object.fromEntries(Object.entries(found.machine).filter(([name]) => name === runtime)),
    };
  }

  /** Throws `refused` where no file says how it is recreated. */
  plan({ instance, snapshot, kind, path }: ApplicationIn): Promise<RecreatePlan> {
    const application = `${kind}:${path === '' ? '.' : path}`;
    return this.#work.run(l10n.t('Looking for applications in {0}', stateTitle(snapshot)), (options) =>
      instance.engine.planRecreate({ state: stateName(snapshot), application }, options),
    );
  }
}
