import type { Declared, Detector, Findings, Resolved } from '../detector.ts';
import { entries, field, items, text } from '../fields.ts';
import { xml } from '../formats.ts';
import type { Project } from '../project.ts';

const BUILDS = ['build.gradle.kts', 'build.gradle'];

/** Java projects with Maven (https://maven.apache.org/pom.html) or Gradle, whose build files are programs and only looked through. */
export const java: Detector = {
  kind: 'java',
  names: ['pom.xml', 'settings.gradle', 'settings.gradle.kts', 'gradle.lockfile', ...BUILDS],
  read: (project) => (project.isFile('pom.xml') ? readMaven(project) : readGradle(project)),
};

function readMaven(project: Project): Findings {
  const pom = field(project.parsed('pom.xml', xml), 'project');
  const properties = new Map(entries(field(pom, 'properties')).flatMap(([name, value]) => pair(name, text(value))));
  const filled = (value: unknown): string | undefined =>
    text(value)?.replace(/\$\{([^}]+)\}/g, (all, name: string) => properties.get(name) ?? all);
  const release = ['maven.compiler.release', 'java.version', 'maven.compiler.target', 'maven.compiler.source'];
  const asked = release.map((name) => filled(properties.get(name))).find((each) => each !== undefined);
  const declared = listed(field(pom, 'dependencies', 'dependency')).flatMap((each): Declared[] => {
    const [group, artifact] = [filled(field(each, 'groupId')), filled(field(each, 'artifactId'))];
    if (group === undefined || artifact === undefined) return [];
    return [
      { name: `${group}:${artifact}`, asked: filled(field(each, 'version')) ?? '*', optional: text(field(each, 'optional')) === 'true' },
    ];
  });
  // A plain version is what Maven takes; a range, or one that a parent manages, is not resolved here.
  const isPlain = declared.every((each) => /^\d[\w.-]*$/.test(each.asked));
  return {
    runtime: { name: 'Java', asked: asked === undefined ? null : atLeast(asked), found: null },
    declared,
    locked: declared.length > 0 && isPlain ? declared.map(({ name, asked: version }) => ({ name, version })) : undefined,
    recreate: [['mvn', '--batch-mode', 'dependency:go-offline']],
  };
}

function readGradle(project: Project): Findings {
  const build = BUILDS.map((name) => project.text(name)).find((each) => each !== undefined) ?? '';
  for (const name of ['settings.gradle', 'settings.gradle.kts', 'gradle.properties', 'gradle/libs.versions.toml']) project.text(name);
  const asked = /JavaLanguageVersion\.of\(\s*(\d+)\s*\)/.exec(build)?.[1];
  const least = /(?:source|target)Compatibility\s*=\s*(?:JavaVersion\.VERSION_)?['"]?(?:1[._])?(\d+)/.exec(build)?.[1];
  const lock = project.text('gradle.lockfile');
  return {
    runtime: { name: 'Java', asked: asked ?? (least === undefined ? null : `>=${least}`), found: null },
    declared: [...build.slice(0, 1_000_000).matchAll(/['"]([\w.-]{1,200}):([\w.-]{1,200}):([\w.+-]{1,200})['"]/g)].map(
      ([, group, artifact, version]) => ({ name: `${group}:${artifact}`, asked: version! }),
    ),
    locked: lock === undefined ? undefined : lockedBy(lock),
    recreate: [['gradle', '--no-daemon', 'dependencies']],
  };
}

/** https://docs.gradle.org/current/userguide/dependency_locking.html: `group:artifact:version=configurations` on each line. */
function lockedBy(lock: string): Resolved[] {
  return lock.split('\n').flatMap((line) => {
    const found = /^([^#:=\s]+:[^:=\s]+):([^:=\s]+)=/.exec(line);
    return found === null || line.length > 10_000 ? [] : { name: found[1]!, version: found[2]! };
  });
}

/** `1.8` is 8; a newer Java compiles for an older one. */
function atLeast(release: string): string {
  return `>=${release.replace(/^1\.(?=\d)/, '')}`;
}

/** An element that is there once is no list. */
function listed(value: unknown): readonly unknown[] {
  return value === undefined || Array.isArray(value) ? items(value) : [value];
}

function pair(name: string, value: string | undefined): [string, string][] {
  return value === undefined ? [] : [[name, value]];
}
