/** What the command line says of a Space. */
import assert from 'node:assert/strict';
import { createFormats } from '../../src/cli/render/format.ts';
import { spaceLines } from '../../src/cli/render/space.ts';
import type { SpaceInfo } from '../../src/engine/spaceApi.ts';

const formats = createFormats('en-US', 'UTC');

const waiting: SpaceInfo = {
  id: 'a'.repeat(32),
  name: 'Econometrics',
  hub: '/hub',
  movedTo: null,
  needsNetwork: false,
  me: { id: 'b'.repeat(32), name: null, role: 'editor', groups: [], state: 'waiting', obstacle: null, isMe: true },
  members: [],
  invites: [],
  findings: [],
  stopped: [],
};

describe('cli: words of a Space', () => {
  it('tell who waits for what: a look of the Master, or, where nobody will let it in, what to do', () => {
    const text = (obstacle: string | null): string => spaceLines({ ...waiting, me: { ...waiting.me, obstacle } }, formats)[1]!;
    assert.equal(text(null), 'This instance has asked for a place. It is let in when the Master’s Snapstage next looks.');
    assert.equal(
      text('revoked-invite'),
      'This instance has asked for a place, and is not let in: its invite is by somebody who was no Master any more. Ask a Master for a new invite; then leave the Space here, and join it with that one.',
    );
    assert.match(text('used'), /not let in: its invite had been used\. Ask a Master/);
  });
});
