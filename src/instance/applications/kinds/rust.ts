import type { Declared, Detector, Resolved } from '../detector.ts';
import { entries, field, items, text } from '../fields.ts';
import { toml } from '../formats.ts';
import type { Project } from '../project.ts';

const LOCK = 'Cargo.lock';

/** Rust projects: https://doc.rust-lang.org/cargo/reference/manifest.html, https://rust-lang.github.io/rustup/overrides.html */
export const rust: Detector = {
  kind: 'rust',
  names: ['Cargo.toml', LOCK],
  read(project) {
    const manifest = project.parsed('Cargo.toml', toml);
    const lock = project.parsed(LOCK, toml);
    project.compareAges(LOCK, 'Cargo.toml');
    return {
      runtime: { name: 'Rust', asked: askedOf(project, manifest), found: null },
      declared: declaredIn(manifest),
      locked: lock === undefined ? undefined : packagesOf(lock),
      recreate: [lock === undefined ? ['cargo', 'fetch'] : ['cargo', 'fetch', '--locked']],
    };
  },
  bare: 'caret',
};

/** A toolchain's channel; or the oldest Rust that will do. */
function askedOf(project: Project, manifest: unknown): string | null {
  const channel = text(field(project.parsed('rust-toolchain.toml', toml), 'toolchain', 'channel'));
  const old = project.text('rust-toolchain')?.trim();
  const bare = old === undefined || old.includes('\n') ? undefined : text(old);
  const oldest = text(field(manifest, 'package', 'rust-version')) ?? text(field(manifest, 'workspace', 'package', 'rust-version'));
  return channel ?? bare ?? (oldest === undefined ? null : `>=${oldest}`);
}

function declaredIn(manifest: unknown): Declared[] {
  const targets = entries(field(manifest, 'target')).map(([, target]) => target);
  return [manifest, field(manifest, 'workspace'), ...targets].flatMap((table) =>
    ['dev-dependencies', 'build-dependencies', 'dependencies'].flatMap((section) =>
      entries(field(table, section)).map(([key, value]) => ({
        name: text(field(value, 'package')) ?? key,
        asked: text(value) ?? text(field(value, 'version')) ?? text(field(value, 'git')) ?? text(field(value, 'path')) ?? '*',
        // A workspace's members lock at its root, and are packages without a source.
        optional: field(value, 'optional') === true || field(value, 'path') !== undefined || table !== manifest,
      })),
    ),
  );
}

/** Packages of the workspace itself have no source. */
function packagesOf(lock: unknown): Resolved[] {
  return items(field(lock, 'package')).flatMap((each) => {
    const [name, version] = [text(field(each, 'name')), text(field(each, 'version'))];
    return name === undefined || version === undefined || field(each, 'source') === undefined ? [] : { name, version };
  });
}
