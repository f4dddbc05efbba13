/** Bundles as nobody honest writes them: taken apart, changed and put together again with all checksums right. */
import { createHash } from 'node:crypto';
import { BUNDLE_FOLDER, bundledPack, bundledPackFile } from '../../src/store/bundle.ts';
import { checksum, compress } from '../../src/store/codec.ts';
import { idOf } from '../../src/store/ids.ts';
import { packFile, PackWriter, type StoredBlock } from '../../src/store/pack.ts';
import { decodeTarFile, TAR_BLOCK, TAR_END, tarHeader, tarPadding, TarType } from '../../src/store/tar.ts';
import { encodeTree, Kind, type TreeEntry } from '../../src/store/tree.ts';
import type { SnapshotRecord } from '../../src/store/snapshots.ts';
import { MemoryFiles } from './faultyFiles.ts';

export interface Member {
  readonly name: string;
  readonly content: Buffer;
}

/** The members of a bundle but the last one, their names without the folder. */
export function membersOf(bundle: Buffer): Member[] {
  const members: Member[] = [];
  for (let at = 0; ;) {
    const { name, size } = decodeTarFile(bundle.subarray(at, at + TAR_BLOCK))!;
    at += TAR_BLOCK;
    if (name === `${BUNDLE_FOLDER}end`) return members;
    members.push({ name: name.slice(BUNDLE_FOLDER.length), content: bundle.subarray(at, at + size) });
    at += size + tarPadding(size).length;
  }
}

/** A bundle of these members, with an end that fits. */
export function bundleOf(members: readonly Member[]): Buffer {
  const before = Buffer.concat(members.map(({ name, content }) => tarFile(BUNDLE_FOLDER + name, content)));
  const packs = members.filter(({ name }) => name.startsWith('packs/')).length;
  const end = { packs, sha256: createHash('sha256').update(before).digest('hex') };
  return Buffer.concat([before, tarFile(`${BUNDLE_FOLDER}end`, Buffer.from(JSON.stringify(end))), TAR_END]);
}

export function tarFile(name: string, content: Buffer, type: TarType = TarType.file): Buffer {
  const header = tarHeader({ name: Buffer.from(name), type, mode: 0o644, mtime: 0n, size: content.length });
  return Buffer.concat([header, content, tarPadding(content.length)]);
}

/** The bundle with the content of some members changed; those that become `undefined` are left out. */
export function changed(bundle: Buffer, change: (member: Member) => Buffer | undefined): Buffer {
  return bundleOf(
    membersOf(bundle).flatMap((member) => {
      const content = change(member);
      return content === undefined ? [] : [{ name: member.name, content }];
    }),
  );
}

/** A pack's bytes with these blocks, whatever they say of themselves. */
export function packOf(number: number, blocks: readonly StoredBlock[]): Buffer {
  const files = new MemoryFiles();
  const writer = new PackWriter(files, () => bundledPack(number));
  for (const { codec, bytes, plain, objects, base } of blocks) writer.append(codec, bytes, plain, objects, base);
  writer.finish();
  return files.read(packFile(bundledPack(number)))!;
}

/** A block that holds these objects. */
export function blockOf(...contents: readonly Buffer[]): StoredBlock {
  const plain = Buffer.concat(contents);
  const { codec, bytes } = compress(plain, 3);
  let offset = 0;
  const objects = contents.map((content) => {
    const object = { id: idOf(content), offset, length: content.length };
    offset += content.length;
    return object;
  });
  const stored = Buffer.from(bytes);
  return { codec, bytes: stored, crc: checksum(stored), plain: plain.length, objects };
}

export function entry(name: string, id: Buffer, change: Partial<TreeEntry> = {}): TreeEntry {
  return { name, kind: Kind.file, mode: 0o644, flags: 0, mtime: 0n, size: 0, group: 0n, id, ...change };
}

export const record: SnapshotRecord = {
  version: 1,
  nonce: '0123456789abcdef',
  root: '',
  rootMode: 0o755,
  rootMtime: '0',
  created: '2026-11-21T10:00:00.000Z',
  sequence: 1,
  kind: 'manual',
  reason: null,
  consistency: 'consistent',
  files: 1,
  folders: 0,
  links: 0,
  bytes: 5,
  addedBytes: 100,
  linked: false,
  excluded: [],
  unreadable: [],
  evidence: [],
};

/** A bundle of a snapshot whose root is this tree, with these blocks beside it in one pack. */
export function forged(root: Buffer, blocks: readonly StoredBlock[], change: Partial<SnapshotRecord> = {}): Buffer {
  const labels = { name: 'forged', description: null, pinned: false };
  return bundleOf([
    { name: 'format', content: Buffer.from('{"format":"snapstage-export","version":1,"minReader":1}\n') },
    { name: 'README.txt', content: Buffer.from('Read me.\n') },
    { name: 'snapshot', content: Buffer.from(JSON.stringify({ ...record, root: idOf(root).toString('hex'), ...change })) },
    { name: 'labels', content: Buffer.from(JSON.stringify(labels)) },
    { name: bundledPackFile(1), content: packOf(1, [...blocks, blockOf(root)]) },
  ]);
}

/** A root with one file, of this content. */
export function plainTree(content: Buffer): Buffer {
  return encodeTree([entry('file', idOf(content), { size: content.length })]);
}
