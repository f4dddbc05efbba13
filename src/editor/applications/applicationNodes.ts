import type { Application } from '../../engine/applicationsApi.ts';
import type { State } from '../state.ts';

/** A row about applications in the Snapshots tree. */
export type ApplicationsNode = AllApplicationsNode | ApplicationNode | DependenciesNode | ConfigurationNode;

/** Stands for all applications of a state; they are read when it is opened. */
interface AllApplicationsNode extends State {
  readonly type: 'applications';
}

export interface ApplicationNode extends State {
  readonly type: 'application';
  readonly application: Application;
}

/** Stands for what an application depends on. */
export interface DependenciesNode extends State {
  readonly type: 'dependencies';
  readonly application: Application;
}

/** A configuration file of an application. */
export interface ConfigurationNode extends State {
  readonly type: 'configuration';
  readonly application: Application;
  readonly path: string;
}

export function applicationsNodeId(node: ApplicationsNode): string {
  const applications = `${node.instance.folder.uri.toString()}#applications:${node.snapshot?.id ?? ''}`;
  if (node.type === 'applications') return applications;
  const { kind, path } = node.application;
  const application = `${applications}:${JSON.stringify([kind, path])}`;
  switch (node.type) {
    case 'application':
      return application;
    case 'dependencies':
      return `${application}#dependencies`;
    case 'configuration':
      return `${application}#${node.path}`;
  }
}
