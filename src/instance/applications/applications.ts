import type { Work } from '../../base/work.ts';
import type { Application, ApplicationList, Runtime } from './application.ts';
import type { Detector } from './detector.ts';
import { mergeDependencies } from './dependencies.ts';
import { conda } from './kinds/conda.ts';
import { devContainer, docker } from './kinds/containers.ts';
import { editorDetector, type KnownExtensions } from './kinds/editor.ts';
import { go } from './kinds/go.ts';
import { java } from './kinds/java.ts';
import { julia } from './kinds/julia.ts';
import { node } from './kinds/node.ts';
import { python } from './kinds/python.ts';
import { r } from './kinds/r.ts';
import { rust } from './kinds/rust.ts';
import { applicationName } from './names.ts';
import { Project } from './project.ts';
import type { StateFiles } from './stateFiles.ts';
import { satisfies } from './versions.ts';
import { findPlaces, type Place } from './walk.ts';

/** Projects that are read; a tree with more is a collection of other people's. */
const MAX_APPLICATIONS = 1000;

export interface ReadOptions {
  /** Commands are for Windows. */
  readonly windows: boolean;
  /** With them the folder has an editor, also where none of its files is in it. */
  readonly extensions?: KnownExtensions;
}

/** Every kind of application there is, in the order in which they are listed. */
function allDetectors(editor: Detector): readonly Detector[] {
  return [editor, python, conda, node, r, julia, rust, go, java, devContainer, docker];
}

/**
 * The applications of a state. Nothing in it is executed, no link is followed, and what can't be read is a remark on its application.
 * @throws SnapstageError `cancelled`, and `damaged` where a folder of a snapshot can't be listed.
 */
export async function readApplications(files: StateFiles, options: ReadOptions, work: Work): Promise<ApplicationList> {
  const editor = editorDetector(options.extensions ?? 'unknown');
  const { places: found, environments } = await findPlaces(files, allDetectors(editor), work);
  const hasEditor = options.extensions === undefined || found.some(({ detector, path }) => detector === editor && path === '');
  const places = hasEditor ? found : [{ detector: editor, path: '', found: [] }, ...found];
  const read = places.slice(0, MAX_APPLICATIONS);
  work.begin('read', read.length);
  const applications: Omit<Application, 'name'>[] = [];
  for (const place of read) {
    await new Promise((resume) => setImmediate(resume));
    work.check();
    applications.push(readApplication(files, place, { ...options, environments: environments.get(place.path) ?? [] }));
    work.advance(1, 0);
  }
  const named = applications.map(({ kind, ...rest }) => ({
    kind,
    name: applicationName({ kind, path: rest.path }, applications),
    ...rest,
  }));
  return { applications: named, more: places.length - read.length };
}

function readApplication(
  files: StateFiles,
  { detector, path, found }: Place,
  { windows, environments }: ReadOptions & { readonly environments: readonly string[] },
): Omit<Application, 'name'> {
  const project = new Project(files, { path, found, environments, windows });
  const findings = detector.read(project);
  const { dependencies, contradictions } = mergeDependencies(findings, detector.bare);
  const { runtime } = findings;
  if (runtime !== null && isOther(runtime))
    project.remark('', `${runtime.name} ${runtime.found} is there, and ${runtime.asked} is asked for`);
  for (const contradiction of contradictions) project.remark('', contradiction);
  return {
    kind: detector.kind,
    path,
    runtime,
    environment: findings.environment ?? null,
    files: project.files,
    dependencies,
    recreate: findings.recreate,
    replaces: findings.replaces ?? null,
    remarks: project.remarks,
  };
}

/** What is found may be known less exactly than what is asked for: 4.3, and 4.3.1. */
function isOther({ found, asked }: Runtime): boolean {
  return found !== null && asked !== null && satisfies(found, asked) === false && satisfies(asked, found) !== true;
}
