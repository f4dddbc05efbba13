import assert from 'node:assert/strict';
import { isSameVersion, satisfies } from '../../../src/instance/applications/versions.ts';

describe('applications: versions', () => {
  const cases: readonly [string, string, boolean | undefined][] = [
    ['1.2.3', '1.2.3', true],
    ['1.2.3', '1.2', true],
    ['1.20.3', '1.2', false],
    ['v20.1.0', '20', true],
    ['3.11.4', '==3.11.*', true],
    ['3.11.4', '==3.11.4', true],
    ['3.11.4', '== 3.11', false],
    ['3.11.4', '>=3.10,<3.12', true],
    ['3.12.0', '>=3.10, <3.12', false],
    ['2.0.post1', '==2.0', true],
    ['2.0+cpu', '~=2.0', true],
    ['1.4.9', '~=1.4.5', true],
    ['1.5.0', '~=1.4.5', false],
    ['1.5.0', '~=1.4', true],
    ['1.2.9', '~1.2.3', true],
    ['1.3.0', '~1.2.3', false],
    ['1.9.0', '~1', true],
    ['1.9.0', '^1.2.3', true],
    ['1.2.2', '^1.2.3', false],
    ['2.0.0', '^1.2.3', false],
    ['0.3.0', '^0.2.3', false],
    ['0.0.4', '^0.0.3', false],
    ['18.1.0', '^16 || >=18', true],
    ['17.1.0', '^16 || >=18', false],
    ['1.5.0', '!=1.5.*', false],
    ['1.2.3', '1.x', true],
    ['1.2.3', '*', true],
    ['1.2.3', 'latest', undefined],
    ['1.2.3', 'github:a/b', undefined],
    ['1.2.3', '1.0.0 - 2.0.0', undefined],
    ['1.2.3-beta.1', '^1', undefined],
    ['1.2.3', 'workspace:^', undefined],
    ['1.2.3', '<2 || latest', true],
    ['3.2.3', '<2 || latest', undefined],
  ];
  for (const [version, asked, expected] of cases) {
    it(`${version} ${expected === undefined ? 'may be' : expected ? 'is' : 'is not'} ${asked}`, () => {
      assert.equal(satisfies(version, asked), expected);
    });
  }

  it('without a comparison mean what their tool means by them', () => {
    assert.equal(satisfies('1.9.0', '1.2', 'caret'), true);
    assert.equal(satisfies('2.0.0', '1.2', 'caret'), false);
    assert.equal(satisfies('1.9.0', 'v1.2.0', 'minimum'), true);
  });

  it('are one where they name one', () => {
    assert.equal(isSameVersion('v1.2', '1.2.0'), true);
    assert.equal(isSameVersion('nightly', 'nightly'), true);
    assert.equal(isSameVersion('1.2', '1.2.1'), false);
    assert.equal(isSameVersion('1.2-rc1', '1.2'), false);
  });
});
