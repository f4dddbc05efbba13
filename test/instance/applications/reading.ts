/** Reading the applications of a state that a test writes down. */
import assert from 'node:assert/strict';
import { Work } from '../../../src/base/work.ts';
import type { Application, ApplicationKind, Dependency } from '../../../src/instance/applications/application.ts';
import { readApplications } from '../../../src/instance/applications/applications.ts';
import type { KnownExtensions } from '../../../src/instance/applications/kinds/editor.ts';
import { memoryFiles, type MemoryFiles } from '../../support/stateFiles.ts';

export async function applicationsOf(files: MemoryFiles, extensions?: KnownExtensions): Promise<readonly Application[]> {
  const options = { windows: false, ...(extensions && { extensions }) };
  const { applications } = await readApplications(memoryFiles(files), options, new Work());
  return applications;
}

/** The one application of a kind. */
export async function applicationOf(kind: ApplicationKind, files: MemoryFiles): Promise<Application> {
  const found = (await applicationsOf(files)).filter((each) => each.kind === kind);
  assert.equal(found.length, 1, `${found.length} of ${kind}`);
  return found[0]!;
}

/** `name version source`, with `?` behind what is optional; what is only declared with what is asked for. */
export function told({ name, version, source, asked, optional }: Dependency): string {
  return `${name} ${version ?? asked} ${source}${optional ? '?' : ''}`;
}

export function remarksOf({ remarks }: Application): string[] {
  return remarks.map(({ path, reason }) => `${path}: ${reason}`);
}
