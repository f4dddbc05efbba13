import assert from 'node:assert/strict';
import { findPattern } from '../../../src/editor/find/findPattern.ts';
import { globMatcher } from '../../../src/instance/search.ts';

const finds = (typed: string, path: string): boolean => globMatcher(findPattern(typed))(path);

describe('what is typed to find something', () => {
  it('is looked for anywhere in a name, upper or lower case', () => {
    assert.ok(finds('price', 'data/Old-PRICES.db'));
    assert.ok(finds('ärger', 'x/GROSSÄRGERNIS.txt'));
    assert.ok(finds('straße', 'Straße.txt'));
    assert.ok(!finds('price', 'prices/notes.txt'), 'a name above is not the name');
  });

  it('with a slash is a part of the path, from any folder on', () => {
    assert.ok(finds('data/pri', 'a/b/Data/prices.db'));
    assert.ok(finds('data/pri', 'data/prices.db'));
    assert.ok(finds('./data/pri', 'data/prices.db'));
    assert.ok(finds(String.raw`data\pri`, 'data/prices.db'));
    assert.ok(!finds('data/pri', 'data/old/prices.db'));
    assert.ok(finds('data/', 'data'), 'a slash at the end says nothing');
  });

  it('is taken as it is when it is a glob', () => {
    assert.equal(findPattern(' *.csv '), '*.csv');
    assert.ok(finds('*.csv', 'a/b.csv') && !finds('*.csv', 'a/b.CSV'));
    assert.ok(finds('data/**', 'data/a/b') && !finds('data/**', 'x/data/a'));
    assert.ok(finds('[ab].txt', 'a.txt') && !finds('[ab].txt', 'c.txt'));
  });

  it('means itself, whatever signs are in it', () => {
    for (const name of ['#1.txt', '!important', 'a b', '{x}', 'a+b(c)$^|.']) assert.ok(finds(name, `folder/${name}`), name);
    assert.equal(findPattern('  '), '');
  });
});
