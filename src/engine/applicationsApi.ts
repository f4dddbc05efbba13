/** Applications, as the contract has them. */
import type { CallOptions } from '../base/progress.ts';
import type { ApplicationList } from '../instance/applications/application.ts';
import type { CheckedApplication } from '../instance/applications/check.ts';
import type { RecreatePlan } from '../instance/applications/recreate.ts';
import type { InstalledExtension } from '../store/extensions.ts';

export type { Application, ApplicationKind, ApplicationList, Dependency } from '../instance/applications/application.ts';
export type { ApplicationDifference, CheckedApplication } from '../instance/applications/check.ts';
export type { RecreatePlan } from '../instance/applications/recreate.ts';
export type { InstalledExtension } from '../store/extensions.ts';

/** How a state's applications differ from those of the current state and from this machine. */
export interface ApplicationsCheck {
  readonly same: boolean;
  /** All of both states, those without a difference among them. */
  readonly applications: readonly CheckedApplication[];
  /** How many more there are that were not read. */
  readonly more: number;
  /** Versions of the runtimes on this machine, by name; `null`: not found. */
  readonly machine: Readonly<Record<string, string | null>>;
}

export interface ApplicationsApi {
  /**
   * The applications of a state, found by their files; of a snapshot that an editor took, that editor too. `extensions`: what the
   * profile has installed now, which only the editor knows; it belongs to the current state.
   */
  applications(
    request: { readonly state: string; readonly extensions?: readonly InstalledExtension[] },
    options?: CallOptions,
  ): Promise<ApplicationList>;
  /** Compares a state's applications with the current state's and with this machine. Asks only programs outside of the folder for versions. */
  checkApplications(
    request: { readonly state: string; readonly extensions?: readonly InstalledExtension[] },
    options?: CallOptions,
  ): Promise<ApplicationsCheck>;
  /** The commands that recreate an application, named as `Application.name` has it, or by the beginning of `kind:path`. Runs none of them. */
  planRecreate(request: { readonly state: string; readonly application: string }, options?: CallOptions): Promise<RecreatePlan>;
}
