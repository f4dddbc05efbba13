import assert from 'node:assert/strict';
import { HandedOut } from '../../../src/space/similarity/handedOut.ts';
import { readText, type Passage } from '../../../src/space/similarity/passages.ts';
import { CLASSES, fileOf, FUNCTIONAL, LOOPS, PANDAS } from './programs.ts';

function passageOf(text: string): Passage {
  return readText(fileOf('a.py', text))!.passages[0]!;
}

describe('similarity: what was handed out', () => {
  const handedOut = new HandedOut([fileOf('main.py', LOOPS), fileOf('more.py', PANDAS)]);

  it('is cut out of what stands around it, up to its last token', () => {
    const cut = handedOut.cutFrom(passageOf(`${FUNCTIONAL}${LOOPS}${CLASSES}${PANDAS}`));
    const [first, second] = [passageOf(FUNCTIONAL), passageOf(CLASSES)];
    assert.deepEqual(cut.tokens, [...first.tokens, ...second.tokens]);
    const gap = first.tokens.length + passageOf(LOOPS).tokens.length;
    assert.deepEqual(cut.places, [...first.places, ...second.places.map((place) => place + gap)]);
    const before = `${FUNCTIONAL}${LOOPS}`.split('\n').length - 1;
    assert.deepEqual(cut.lines, [...first.lines, ...second.lines.map((line) => line + before)]);
  });

  it('leaves all of what is own, and nothing of what is not', () => {
    const own = passageOf(FUNCTIONAL);
    assert.deepEqual(handedOut.cutFrom(own), own);
    assert.deepEqual(handedOut.cutFrom(passageOf(LOOPS)).tokens, []);
    assert.deepEqual(new HandedOut([]).cutFrom(own), own);
  });
});
