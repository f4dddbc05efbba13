import assert from 'node:assert/strict';
import { linesIn, similarPlaces } from '../../../src/editor/assignments/similarPlaces.ts';

const region = (path: string, fromLine: number, toLine: number) => ({ path, fromLine, toLine });

describe('what two hand-ins have in common', () => {
  it('is told by their files, those with the most lines first', () => {
    const regions = [
      { one: region('a.py', 1, 2), other: region('b.py', 5, 6) },
      { one: region('main.py', 1, 10), other: region('main.py', 3, 12) },
      { one: region('a.py', 8, 8), other: region('b.py', 9, 9) },
    ];
    const contents = [{ one: 'data.bin', other: 'data.bin', shared: 3 }];
    const sameFiles = [
      { one: 'data.bin', other: 'data.bin' },
      { one: 'plot.png', other: 'figure.png' },
    ];
    const places = similarPlaces({ regions, contents }, { sameFiles });
    assert.deepEqual(
      places.map((place) => [place.one, place.other, linesIn(place), place.pieces, place.isSame]),
      [
        ['main.py', 'main.py', 10, 0, false],
        ['a.py', 'b.py', 3, 0, false],
        ['data.bin', 'data.bin', 0, 3, true],
        ['plot.png', 'figure.png', 0, 0, true],
      ],
    );
    assert.deepEqual(similarPlaces({ regions: [], contents: [] }, { sameFiles: [] }), []);
  });
});
