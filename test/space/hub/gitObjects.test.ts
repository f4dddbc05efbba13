import assert from 'node:assert/strict';
import fc from 'fast-check';
import { errorFor, receivedIn, troubleIn } from '../../../src/space/hub/git/answers.ts';
import {
  commitOf,
  contentsOf,
  idHash,
  NOTHING,
  objectHead,
  PART,
  partsOf,
  treeOf,
  withoutFiles,
  type Stored,
} from '../../../src/space/hub/git/objects.ts';
import { below, isEntry, partsIn, spanOf, spotOf, versionIn } from '../../../src/space/hub/git/refs.ts';
import { isHubPart } from '../../../src/space/hub/hub.ts';
import { Workbench } from '../../support/folders.ts';
import { git } from '../../support/gitHubs.ts';

const part = fc.stringMatching(/^[0-9a-z](?:[0-9a-z-]{0,6}[0-9a-z])?$/).filter(isHubPart);
const name = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'));
const idOf = (kind: 'blob' | 'tree' | 'commit', content: Buffer): string =>
  idHash().update(objectHead(kind, content.length)).update(content).digest('hex');

describe('what a hub is in git', () => {
  const bench = new Workbench();
  afterEach(() => bench.clear());

  it('has one place for each name, and no ref is called as a folder of refs is', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        const [a, b] = [spotOf(one), spotOf(other)];
        assert.equal(a.ref === b.ref && a.entry === b.entry, one === other);
        assert.equal(a.ref.split('/').length, 4);
        assert.ok(isEntry(a.entry) && versionIn(a.ref) === undefined);
        const { first, second } = partsIn(a.ref)!;
        const parts = one.split('/');
        assert.deepEqual(
          [first, second],
          [parts.length > 1 ? parts[0] : undefined, parts.length === 2 ? undefined : (parts[1] ?? parts[0])],
        );
      }),
    );
  });

  it('finds what lies in a folder where its names are', () => {
    fc.assert(
      fc.property(name, (one) => {
        const parts = one.split('/');
        for (let depth = 2; depth < parts.length; depth++) {
          const span = spanOf(parts.slice(0, depth).join('/'));
          assert.ok(span.kind === 'ref');
          assert.equal(span.ref, spotOf(one).ref);
          assert.deepEqual(below(spotOf(one).entry, span.prefix), { part: parts[depth], isFile: depth === parts.length - 1 });
        }
        if (parts.length > 1) assert.deepEqual(spanOf(parts[0]!), { kind: 'group', prefix: `refs/snapstage/${parts[0]}/` });
      }),
    );
    assert.deepEqual(spotOf('logs/a1/0000000001-ff'), { ref: 'refs/snapstage/logs/a1', entry: '0000000001-ff' });
    assert.deepEqual(spotOf('keys/ff'), { ref: 'refs/snapstage/keys/_', entry: 'ff' });
    assert.deepEqual(spotOf('bell'), { ref: 'refs/snapstage/_/bell', entry: 'bell' });
    for (const odd of ['refs/heads/main', 'refs/snapstage/x', 'refs/snapstage/a/b/c', 'refs/snapstage/A/b', 'refs/snapstage/_/_']) {
      assert.equal(partsIn(odd), undefined);
    }
  });

  it('comes back from a tree as it was put there, whatever else lies in it', () => {
    const id = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('hex'));
    const size = fc.oneof(fc.nat(1000), fc.constantFrom(PART - 1, PART, PART + 1, 3 * PART));
    const stored = size.chain((bytes) =>
      fc.array(id, { minLength: partsOf(bytes), maxLength: partsOf(bytes) }).map((blobs): Stored => ({ size: bytes, blobs })),
    );
    const files = fc.dictionary(
      fc.array(part, { minLength: 1, maxLength: 2 }).map((parts) => parts.join('+')),
      stored,
      { maxKeys: 6 },
    );
    fc.assert(
      fc.property(files, id, (all, other) => {
        const strange = [
          { mode: '40000', name: 'a', id: other },
          { mode: '100644', name: 'README.md', id: other },
        ];
        const contents = { files: new Map(Object.entries(all)), strange };
        const read = contentsOf(treeOf(contents))!;
        assert.deepEqual(Object.fromEntries(read.files), { ...all });
        assert.equal(read.strange.length, 2);
        assert.ok(treeOf(read).equals(treeOf(contents)));
      }),
    );
    for (const bytes of ['100644', '100644 x', '100644 x\0short', 'x']) assert.equal(contentsOf(Buffer.from(bytes)), undefined);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 99 }), (bytes) => void contentsOf(Buffer.from(bytes))));
  });

  it('takes parts for a file when all are there, and one size of each', () => {
    const blob = 'ab'.repeat(20);
    const tree = (...names: string[]): Buffer =>
      Buffer.concat(names.map((one) => Buffer.concat([Buffer.from(`100644 ${one}\0`), Buffer.from(blob, 'hex')])));
    const size = PART + 1;
    const counted = (...names: string[]): [number, number] => {
      const { files, strange } = contentsOf(tree(...names))!;
      return [files.size, strange.length];
    };
    assert.deepEqual(counted(`a.${size}.0`, `a.${size}.1`), [1, 0]);
    assert.deepEqual(counted(`a.${size}.0`), [0, 1]);
    assert.deepEqual(counted(`a.${size}.1`), [0, 1]);
    assert.deepEqual(counted(`a.${size}`), [0, 1]);
    assert.deepEqual(counted('a.1.0'), [0, 1]);
    assert.deepEqual(counted('a.1', 'a.2'), [1, 1]);
    assert.deepEqual(counted(`a.${size}.0`, `a.${size}.1`, `a.${size}.2`), [1, 1]);
    assert.deepEqual(counted('a.01', 'a.-1', 'a.1e3', 'a', '.1', 'nul.1', 'a+.1', 'a.999999999999999.0'), [0, 8]);
    assert.equal(contentsOf(treeOf(withoutFiles(contentsOf(tree('a.1'))!, ['a', 'b'])!))!.files.size, 0);
    assert.equal(withoutFiles(contentsOf(tree('a.1'))!, ['b']), undefined);
  });

  it('is what git itself makes', () => {
    const repository = bench.place();
    git(repository, 'init', '--quiet', '--bare');
    const blob = git(repository, 'hash-object', '-w', '--stdin', { input: 'hello' });
    assert.equal(idOf('blob', Buffer.from('hello')), blob);
    const empty = git(repository, 'mktree', { input: '' });
    const names = ['a', 'a-b', 'a.1', 'a0', 'b'];
    const strange = names.map((one, i) =>
      i % 2 === 0 ? { mode: '40000', name: one, id: empty } : { mode: '100644', name: one, id: blob },
    );
    const input = strange.map(({ mode, name: one, id }) => `${mode} ${mode === '40000' ? 'tree' : 'blob'} ${id}\t${one}\n`).join('');
    const tree = git(repository, 'mktree', { input });
    assert.equal(idOf('tree', treeOf({ ...NOTHING, strange })), tree);
    const commit = git(repository, 'hash-object', '-t', 'commit', '-w', '--stdin', { input: commitOf(tree).toString() });
    assert.equal(idOf('commit', commitOf(tree)), commit);
    git(repository, 'fsck', '--strict', commit);
  });

  it('is in trouble in the ways that git and servers tell of', () => {
    for (const [trouble, ...said] of [
      [
        'race',
        '! x:y [rejected] (stale info)',
        "remote: error: cannot lock ref 'refs/snapstage/a/b': is at 1 but expected 2",
        '[remote rejected] (failed to update ref)',
      ],
      [
        'full',
        'fatal: write error: No space left on device',
        'remote: fatal: Disk quota exceeded',
        'remote: Your push was rejected: repository exceeds its storage limit. error: exceeded the storage',
      ],
      [
        'forbidden',
        'error: [remote rejected] (pre-receive hook declined)',
        'remote: error: insufficient permission for adding an object to repository database ./objects',
        'error: [remote rejected] (deny updating a hidden ref)',
        'remote: Permission to a/b.git denied to c.',
        'FATAL: W any hub bob DENIED by fallthru',
        'remote: GitLab: You are not allowed to push code to this project.',
        'ERROR: The key you are authenticating with has been marked as a read only deploy key.',
      ],
      [
        'refused',
        'git@host: Permission denied (publickey).\nfatal: Could not read from remote repository.',
        "fatal: could not read Username for 'https://host': terminal prompts disabled",
        "fatal: Authentication failed for 'https://host/x'",
        'FATAL: R any hub bob DENIED by fallthru',
      ],
      ['stranger', 'Host key verification failed.\nfatal: Could not read from remote repository.'],
      ['owner', "fatal: detected dubious ownership in repository at '/srv/x'"],
      [
        'absent',
        "fatal: '/srv/x' does not appear to be a git repository",
        "fatal: repository 'https://host/x' not found",
        'remote: Repository not found.',
      ],
      ['format', 'fatal: mismatched algorithms: client sha1; server sha256'],
      [
        'away',
        'ssh: Could not resolve hostname x: Name or service not known',
        'fatal: unable to access: Failed to connect to host port 443',
        'error: RPC failed; HTTP 503 curl 22 The requested URL returned error: 503',
        'fatal: the remote end hung up unexpectedly',
        'fatal: early EOF',
        "fatal: transport 'ssh' not allowed",
      ],
      ['odd', 'fatal: bad object 123', 'error: object file is empty', ''],
    ] as const)
      for (const one of said) assert.equal(troubleIn(one), trouble, one);
  });

  it('tells people what git said, and nothing that signs somebody in', () => {
    const said = "fatal: unable to access 'https://alice:t0ken@host/x/': Could not resolve host: \u001b[31mhost";
    const error = errorFor('git+https://host/x', said, false);
    assert.equal(error.details['reason'], 'hub-unreachable');
    assert.match(error.message, /^The hub git\+https:\/\/host\/x can’t be reached: fatal: unable to access 'https:\/\/host\/x\/': /);
    assert.ok(!/t0ken|\u001b/.test(error.message + (error.cause as Error).message));
    assert.equal(errorFor('x', 'The requested URL returned error: 403', true).details['reason'], 'hub-read-only');
    assert.equal(errorFor('x', 'The requested URL returned error: 403', false).details['trouble'], 'refused');
    assert.equal(errorFor('x', 'No space left on device', true).code, 'no-space');
    assert.equal(
      receivedIn('Receiving objects:  50% (1/2), 1.50 MiB | 2.00 MiB/s\rReceiving objects:  60% (1/2), 3.00 MiB | 1 MiB/s'),
      3 << 20,
    );
    assert.equal(receivedIn('Receiving objects: 100% (2/2), 300 bytes | 300.00 KiB/s, done.'), 300);
    assert.equal(receivedIn('remote: Counting objects: 5, done.'), 0);
  });
});
