/** What comes from a page is read as from a stranger: what all tests of that have in common. */
import assert from 'node:assert/strict';
import fc from 'fast-check';

/** The tests of a page's two parsers, in a `describe` of this name. Each state is given as it is to be read. */
export function messagesOf<Message extends { readonly type: string }>(
  page: string,
  messages: {
    readonly parseFromPage: (value: unknown) => Message | undefined;
    readonly good: readonly NoInfer<Message>[];
    readonly bad: readonly unknown[];
  },
  kept: { readonly parsePageState: (value: unknown) => object | undefined; readonly state: object; readonly none: readonly unknown[] },
): void {
  const { parseFromPage, good, bad } = messages;
  const { parsePageState, state, none } = kept;
  describe(`messages of ${page}`, () => {
    it('are taken as they are meant, and nothing else of them', () => {
      for (const message of good) assert.deepEqual(parseFromPage({ ...message, more: 1 }), message);
    });

    it('are none where something is missing or another thing', () => {
      const never = [undefined, null, 7, 'ready', [], {}, { type: '__proto__' }, ...bad];
      for (const message of never) assert.equal(parseFromPage(message), undefined, JSON.stringify(message));
      fc.assert(
        fc.property(fc.anything(), (message) => {
          const parsed = parseFromPage(message);
          assert.ok(parsed === undefined || typeof parsed.type === 'string');
        }),
      );
    });

    it('and what was kept of one over a reload', () => {
      assert.deepEqual(parsePageState({ ...state, other: [] }), state);
      for (const other of [undefined, null, 'x', {}, ...none]) assert.equal(parsePageState(other), undefined, JSON.stringify(other));
    });
  });
}
