import { workspace, type Uri } from 'vscode';

/** The settings under `snapstage.`, with the defaults of package.json. */
interface Settings {
  /** What happens to unsaved editors when a snapshot is taken. */
  readonly unsavedEditors: 'ask' | 'save' | 'asOnDisk';
  /** What happens when something is in use. */
  readonly inUse: 'ask' | 'quietDown' | 'takeAsItIs';
  readonly 'quiesce.before': readonly QuietCommand[];
  readonly 'quiesce.after': readonly QuietCommand[];
  /** A size as text, such as `20 GB`; empty: as chosen for the instance, if it is. */
  readonly 'storage.budget': string;
  /** How often an automatic snapshot is taken. */
  readonly 'automatic.schedule': 'off' | 'every15Minutes' | 'every30Minutes' | 'hourly' | 'every4Hours' | 'daily';
  /** Minutes without edits after which one is taken; 0: none is. */
  readonly 'automatic.idle': number;
  /** Names of debug configurations before which one is taken, and of tasks at whose start; `*` stands for anything. */
  readonly 'automatic.beforeDebug': readonly string[];
  readonly 'automatic.whenTaskStarts': readonly string[];
  /** What happens with what comes from the Space. */
  readonly 'space.receive': 'ask' | 'automatically';
  /** What is handed out is applied at once in other folders of the user on this computer. */
  readonly 'space.deliverDirectly': boolean;
  /** Minutes between two looks into the hub; 0: only when asked for. */
  readonly 'space.syncEvery': number;
  /** A size as text, per second, such as `500 KB`; empty: no limit, or the one chosen for the instance. */
  readonly 'space.bandwidth': string;
  /** Changes are looked for while the view is hidden too. */
  readonly followChanges: boolean;
  readonly showBadge: boolean;
  /** Text files that the multi-file diff editor opens at once. */
  readonly openAllChangesLimit: number;
}

export interface QuietCommand {
  /** A line for the system's shell. */
  readonly command: string;
  /** Seconds. */
  readonly timeout?: number;
  /** When it fails, no snapshot is taken. */
  readonly essential?: boolean;
}

/** The value that holds for the window, or for a folder of it. Throws when package.json doesn't declare the setting. */
export function setting<Key extends keyof Settings>(key: Key, folder?: Uri): Settings[Key] {
  const value = workspace.getConfiguration('snapstage', folder).get<Settings[Key]>(key);
  if (value === undefined) throw new Error(`snapstage.${key} is not declared`);
  return value;
}
