import assert from 'node:assert/strict';
import fc from 'fast-check';
import { extensionId, installedExtensions, isExtensionList, MAX_EXTENSIONS } from '../../src/store/extensions.ts';

describe('lists of extensions', () => {
  it('are by id, each once, in small letters', () => {
    const listed = [
      { id: 'B.two', version: '2.0.0-beta+1' },
      { id: 'a.one', version: '1.0.0' },
      { id: 'b.TWO', version: '2.1.0' },
    ];
    assert.deepEqual(installedExtensions(listed), [
      { id: 'a.one', version: '1.0.0' },
      { id: 'b.two', version: '2.1.0' },
    ]);
    assert.equal(isExtensionList(listed), false);
    assert.equal(isExtensionList(installedExtensions(listed)), true);
    assert.equal(isExtensionList([]), true);
  });

  it('hold nothing else of any value, and no more than a profile may have', () => {
    const entry = fc.oneof(
      fc.record({ id: fc.oneof(fc.constantFrom('a.b', 'A.c', '-a.b', 'a.b c', 'a'), fc.string()), version: fc.string() }),
      fc.anything(),
    );
    fc.assert(
      fc.property(fc.oneof(fc.array(entry), fc.anything()), (value) => {
        const found = installedExtensions(value);
        assert.ok(isExtensionList(found));
        assert.deepEqual(installedExtensions(found), found);
        for (const { id, version } of found) assert.match(`${id} ${version}`, /^[a-z0-9][a-z0-9-]*\.[a-z0-9][\w-]* \d[\w.+-]*$/);
      }),
    );
    const many = Array.from({ length: MAX_EXTENSIONS + 1 }, (_, n) => ({ id: `a.b${n}`, version: '1.0.0' }));
    assert.equal(installedExtensions(many).length, MAX_EXTENSIONS);
    assert.equal(isExtensionList(many), false);
    assert.equal(isExtensionList(many.slice(1)), true);
  });

  it('an id is a publisher and a name', () => {
    assert.equal(extensionId(' MS-Python.python '), 'ms-python.python');
    for (const odd of ['python', 'a.b.c', '.a', 'a.', '--install.x', 'a.b\nc', 'a.b;', `a.${'b'.repeat(200)}`, 7, null, undefined])
      assert.equal(extensionId(odd), undefined, String(odd));
  });
});
