/** How each row about applications looks and what it says to a screen reader. */
import { l10n, ThemeIcon, TreeItemCollapsibleState } from 'vscode';
import { formatCommand } from '../../base/format.ts';
import { baseName, parentPath } from '../../base/paths.ts';
import type { Application, ApplicationKind } from '../../engine/applicationsApi.ts';
import { displayText } from '../formats.ts';
import type { Row } from '../snapshots/row.ts';
import { rowUri } from '../snapshots/rowDecorations.ts';
import { stateTitle } from '../words.ts';
import type { ApplicationNode, ApplicationsNode, ConfigurationNode, DependenciesNode } from './applicationNodes.ts';
import { applicationTitle, dependenciesInWords, kindTitle, versionInWords } from './applicationWords.ts';

const { None, Collapsed } = TreeItemCollapsibleState;

export function applicationsRow(node: ApplicationsNode): Row {
  switch (node.type) {
    case 'applications':
      return {
        label: l10n.t('Applications'),
        spoken: l10n.t('in {0}', stateTitle(node.snapshot)),
        tooltip: l10n.t('The environments that the files in {0} describe, with their dependencies.', stateTitle(node.snapshot)),
        icon: new ThemeIcon('package'),
        state: Collapsed,
        context: 'applications',
      };
    case 'application':
      return applicationRow(node);
    case 'dependencies':
      return dependenciesRow(node);
    case 'configuration':
      return configurationRow(node);
  }
}

function applicationRow({ application, snapshot }: ApplicationNode): Row {
  const { kind, path, recreate } = application;
  const facts = [versionInWords(application), displayText(path)].filter(Boolean);
  return {
    label: kindTitle(kind),
    description: facts.join(' · '),
    spoken: [l10n.t('application'), ...facts, l10n.t('in {0}', stateTitle(snapshot))].join(', '),
    tooltip: factsOf(application).join('\n'),
    icon: new ThemeIcon(icons[kind] ?? 'package'),
    state: Collapsed,
    context: recreate.length === 0 ? 'application' : 'application recreatable',
  };
}

/** All that is known of it, a line each. */
function factsOf(application: Application): string[] {
  const { environment, recreate } = application;
  const counted = dependenciesInWords(application.dependencies);
  return [
    [applicationTitle(application), versionInWords(application)].filter(Boolean).join(' · '),
    ...(counted === '' ? [] : [l10n.t('Dependencies: {0}', counted)]),
    ...environmentFacts(environment),
    ...(recreate.length === 0 ? [] : [l10n.t('Recreated by: {0}', displayText(recreate.map(shortCommand).join(' && ')))]),
  ];
}

function environmentFacts(environment: Application['environment']): string[] {
  if (environment === null) return [];
  const path = displayText(environment.path);
  return [environment.found ? l10n.t('Environment: {0}', path) : l10n.t('Environment: {0}, where nothing is installed', path)];
}

/** Characters of a command in a tooltip. */
const mostCharacters = 200;

function shortCommand(command: readonly string[]): string {
  const text = formatCommand(command);
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
}

const icons: Partial<Readonly<Record<ApplicationKind, string>>> = { editor: 'settings-gear', 'dev-container': 'vm', docker: 'vm' };

function dependenciesRow({ application, snapshot }: DependenciesNode): Row {
  const counted = dependenciesInWords(application.dependencies);
  return {
    label: l10n.t('Dependencies'),
    description: counted,
    spoken: [counted, l10n.t('of {0} in {1}', applicationTitle(application), stateTitle(snapshot))].join(', '),
    tooltip: l10n.t('Dependencies: {0}', counted),
    icon: new ThemeIcon('list-flat'),
    state: None,
    context: 'dependencies',
    command: 'snapstage.showDependencies',
  };
}

/** One of a snapshot is like any of its files. */
function configurationRow({ instance, application, path, snapshot }: ConfigurationNode): Row {
  const folder = parentPath(path);
  const shown = displayText(folder === application.path ? '' : folder);
  return {
    label: displayText(baseName(path)),
    description: shown,
    spoken: [
      l10n.t('configuration file'),
      ...(shown === '' ? [] : [shown]),
      l10n.t('of {0} in {1}', applicationTitle(application), stateTitle(snapshot)),
    ].join(', '),
    tooltip: [displayText(path), l10n.t('configuration file')].join(' · '),
    icon: ThemeIcon.File,
    resourceUri: rowUri(instance.folder.uri, path),
    state: None,
    context: snapshot ? 'entry file' : 'configuration',
    command: 'snapstage.openConfiguration',
  };
}
