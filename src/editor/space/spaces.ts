import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { SnapstageError, toSnapstageError } from '../../base/errors.ts';
import type { AssignmentInfo } from '../../engine/assignmentApi.ts';
import type { DeliveryInfo, DeliveryPlan } from '../../engine/deliveryApi.ts';
import type { SpaceOverview } from '../../engine/overviewApi.ts';
import type { SpaceInfo } from '../../engine/spaceApi.ts';
import { coalesce } from '../coalesce.ts';
import type { Instance } from '../instance.ts';
import type { Workspace } from '../workspace.ts';
import { standingsOf, type Standing } from './standings.ts';

/** What is known of the Space that an instance belongs to. */
export interface Belonging extends Pick<SpaceOverview, 'inbox' | 'distributions' | 'recalls' | 'distributed'> {
  readonly space: SpaceInfo;
  /** The next deadline first. */
  readonly assignments: readonly AssignmentInfo[];
  /** Conflicts that wait, by delivery. */
  readonly waiting: ReadonlyMap<string, number>;
  /** How members stand to what was distributed, by their ids. */
  readonly standings: ReadonlyMap<string, Standing>;
}

/** `null`: it belongs to none; the error where it can't be read; absent until it has been. */
export type SpaceState = Belonging | null | SnapstageError | undefined;

export interface HubStanding {
  /** When it was last asked, and answered: milliseconds since 1970; `undefined` where it was not. */
  readonly asked: number | undefined;
  /** Why it could not be asked the last time. */
  readonly unreachable: SnapstageError | undefined;
  /** It is not asked, as this computer is in no network. */
  readonly isOffline: boolean;
}

const notAsked: HubStanding = { asked: undefined, unreachable: undefined, isOffline: false };

interface Known {
  state: SpaceState;
  /** What was odd in the hub when it was last looked at. */
  findings: readonly string[];
  hub: HubStanding;
  readonly refresh: () => Promise<void>;
  readonly sync: () => Promise<void>;
  readonly poll: () => Promise<void>;
  readonly watcher: vscode.FileSystemWatcher;
}

/** The Spaces of the workspace's folders, kept fresh: other windows and programs change them too. */
export class Spaces implements vscode.Disposable {
  readonly #workspace: Workspace;
  readonly #known = new Map<Instance, Known>();
  readonly #changed = new vscode.EventEmitter<Instance | undefined>();
  /** Of which instance something is known that was not. */
  readonly onDidChange = this.#changed.event;
  readonly #subscription: vscode.Disposable;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
    this.#subscription = workspace.onDidChange(({ instance, what }) => {
      if (what === 'all') this.#follow(instance);
    });
  }

  of(instance: Instance): SpaceState {
    return this.#known.get(instance)?.state;
  }

  /** Where it is known that the instance belongs to a Space. */
  belonging(instance: Instance): Belonging | undefined {
    const state = this.of(instance);
    return state === null || state instanceof SnapstageError ? undefined : state;
  }

  /** What is odd in the hub, in the engine's words. */
  findings(instance: Instance): readonly string[] {
    return [...new Set([...(this.#known.get(instance)?.findings ?? []), ...(this.belonging(instance)?.space.findings ?? [])])];
  }

  /** How it stands with the hub, as far as this window has asked it. */
  hub(instance: Instance): HubStanding {
    return this.#known.get(instance)?.hub ?? notAsked;
  }

  /** Whether the hub is not asked, as this computer is in no network. */
  setOffline(instance: Instance, isOffline: boolean): void {
    const known = this.#known.get(instance);
    if (!known || known.hub.isOffline === isOffline) return;
    known.hub = { ...known.hub, isOffline };
    this.#changed.fire(instance);
  }

  /** @throws SnapstageError what keeps it from being read; `not-found` where the instance belongs to none. */
  async mustBelong(instance: Instance): Promise<Belonging> {
    await instance.mustList();
    if (this.of(instance) === undefined) await this.refresh(instance);
    const state = this.of(instance);
    if (state instanceof SnapstageError) throw state;
    if (state) return state;
    throw new SnapstageError(
      'usage',
      vscode.l10n.t('{0} belongs to no Space: “Create Space…” makes one, “Join Space…” joins one by an invite.', instance.name),
    );
  }

  /** Reads anew what is known here. Never rejects: a failure is what is known of it then. */
  async refresh(instance: Instance): Promise<void> {
    if (instance.state.kind === 'ready') this.#knownOf(instance);
    await this.#known.get(instance)?.refresh();
  }

  /** Asks the hub what is new, sends what was not sent, and reads all anew. @throws SnapstageError those of the hub. */
  async sync(instance: Instance): Promise<void> {
    await this.#known.get(instance)?.sync();
  }

  /** As `sync`, where nobody waits for it: of the hub as little is asked as it takes. */
  async poll(instance: Instance): Promise<void> {
    await this.#known.get(instance)?.poll();
  }

  dispose(): void {
    this.#subscription.dispose();
    for (const instance of this.#known.keys()) this.#forget(instance);
    this.#changed.dispose();
  }

  #follow(changed: Instance | undefined): void {
    const instances = new Set(this.#workspace.instances);
    for (const instance of this.#known.keys()) if (!instances.has(instance) || instance.state.kind !== 'ready') this.#forget(instance);
    for (const instance of instances)
      if (instance.state.kind === 'ready' && (changed === undefined || instance === changed)) void this.refresh(instance);
    this.#changed.fire(undefined);
  }

  #knownOf(instance: Instance): Known {
    const known = this.#known.get(instance) ?? this.#watched(instance);
    this.#known.set(instance, known);
    return known;
  }

  #watched(instance: Instance): Known {
    const refresh = coalesce(() => this.#read(instance));
    // A flat pattern on the folder itself: only such watchers are left alone by the user's `files.watcherExclude`.
    const pattern = new vscode.RelativePattern(vscode.Uri.joinPath(instance.folder.uri, '.snapstage', 'space'), '*');
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const changed = (): void => void refresh();
    watcher.onDidCreate(changed);
    watcher.onDidChange(changed);
    watcher.onDidDelete(changed);
    return {
      state: undefined,
      findings: [],
      hub: notAsked,
      refresh,
      sync: coalesce(() => this.#sync(instance)),
      poll: coalesce(() => this.#sync(instance, true)),
      watcher,
    };
  }

  async #sync(instance: Instance, isPolled = false): Promise<void> {
    const known = this.#known.get(instance);
    if (!known) return;
    const before = known.hub;
    try {
      known.findings = (await instance.engine.space({ sync: true, isPolled }))?.findings ?? [];
      known.hub = { asked: Date.now(), unreachable: undefined, isOffline: false };
    } catch (error) {
      known.hub = { ...before, unreachable: toSnapstageError(error) };
      throw error;
    } finally {
      await known.refresh();
      if (looks(before) !== looks(known.hub)) this.#changed.fire(instance);
    }
  }

  async #read(instance: Instance): Promise<void> {
    const known = this.#known.get(instance);
    if (!known) return;
    const state = await readBelonging(instance).catch(toSnapstageError);
    if (this.#known.get(instance) !== known) return;
    if (state === null) Object.assign(known, { findings: [], hub: notAsked });
    // A row that is drawn anew loses its context menu.
    if (!(state instanceof SnapstageError) && isDeepStrictEqual(state, known.state)) return;
    known.state = state;
    this.#changed.fire(instance);
  }

  #forget(instance: Instance): void {
    this.#known.get(instance)?.watcher.dispose();
    this.#known.delete(instance);
  }
}

/** The same as long as rows need not be drawn anew for it: when a hub was asked is told when it is looked at. */
function looks({ asked, unreachable, isOffline }: HubStanding): string {
  return [asked !== undefined, unreachable?.message, isOffline].join(' ');
}

async function readBelonging({ engine }: Instance): Promise<Belonging | null> {
  const overview = await engine.spaceOverview({});
  if (overview === null) return null;
  const { inbox, distributions, recalls, distributed, ...space } = overview;
  const waiting = new Map<string, number>();
  for (const { id, state } of inbox) {
    // What was received lies here whole: it is not fetched again.
    if (state === 'waiting' && vscode.workspace.isTrusted) waiting.set(id, conflictsIn(await engine.planReceive({ delivery: id })));
  }
  const standings = standingsOf(space.members, { distributions, recalls }, Date.now());
  const assignments = await engine.assignments();
  return { space, inbox, distributions, recalls, distributed, assignments, waiting, standings };
}

/** Whether it can't be read because this user has not the keys of the instance any more. */
export function hasLostKeys(state: SpaceState): boolean {
  return state instanceof SnapstageError && state.details['reason'] === 'no-keys';
}

/** Objects of a plan that wait for a decision. */
export function conflictsIn({ counts }: Pick<DeliveryPlan, 'counts'>): number {
  return counts.waiting;
}

/** Those that something can be done with: new ones, and those of which something waits. */
export function openDeliveries(inbox: readonly DeliveryInfo[]): readonly DeliveryInfo[] {
  return inbox.filter(({ state }) => state === 'new' || state === 'waiting');
}
