import assert from 'node:assert/strict';
import { fromErrorJson, isSystemError, SnapstageError, toSnapstageError } from '../../../src/base/errors.ts';

describe('errors', () => {
  const system = (code: string): Error => Object.assign(new Error(`${code}: it failed`), { code, path: '/x' });

  it('of the system become ours, by what can be done about them', () => {
    for (const [code, ours] of [
      ['ENOSPC', 'no-space'],
      ['EDQUOT', 'no-space'],
      ['EACCES', 'io'],
      ['EIO', 'io'],
    ] as const) {
      const error = toSnapstageError(system(code));
      assert.deepEqual([error.code, error.details], [ours, { system: code, path: '/x' }]);
    }
    assert.equal(toSnapstageError(new TypeError('oops')).code, 'bug');
    assert.equal(toSnapstageError('text').message, 'text');
    assert.equal(toSnapstageError(new DOMException('x', 'AbortError')).code, 'cancelled');
    const own = new SnapstageError('busy', 'wait');
    assert.equal(toSnapstageError(own), own);
  });

  it('cross a boundary as JSON', () => {
    const error = new SnapstageError('ambiguous', 'which?', { candidates: ['a', 'b'] });
    const back = fromErrorJson(JSON.parse(JSON.stringify(error)) as ReturnType<SnapstageError['toJSON']>);
    assert.deepEqual([back.code, back.message, back.details], [error.code, error.message, error.details]);
  });

  it('of the system are told by code', () => {
    assert.ok(isSystemError(system('ENOENT')) && isSystemError(system('ENOENT'), 'EIO', 'ENOENT'));
    assert.ok(!isSystemError(system('ENOENT'), 'EIO') && !isSystemError(new Error('x')) && !isSystemError(undefined));
  });
});
