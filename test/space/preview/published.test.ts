/** Published states in the hub: written, found again, and what members who cheat can't do with them. */
import assert from 'node:assert/strict';
import { Work } from '../../../src/base/work.ts';
import { refreshEpochs, refreshVault, remove, targetFor } from '../../../src/space/members/acts.ts';
import { vaultOf } from '../../../src/space/members/audiences.ts';
import { fetchTable, isThere, publishedBy, removeOthers, sendTable, type Published } from '../../../src/space/preview/published.ts';
import { encodeTable, guessOf } from '../../../src/space/preview/table.ts';
import { idOf } from '../../../src/store/ids.ts';
import { Kind } from '../../../src/store/tree.ts';
import { rejected } from '../../support/folders.ts';
import { MemoryHub } from '../../support/hubs.ts';
import { World, type Person } from '../../support/spaces.ts';

const KEY = Buffer.alloc(32, 7);
const work = new Work();
let world: World;
let hub: MemoryHub;
let ada: Person;

beforeEach(() => {
  world = new World('published');
  hub = new MemoryHub();
  ada = world.member();
});

/** Publishes a state with these paths; `lie` changes what the record says of it. */
async function publish(
  person: Person,
  paths: readonly string[],
  lie: { entries?: string; table?: string; made?: number } = {},
): Promise<string> {
  const table = encodeTable(
    paths.map((path) => ({ path, kind: Kind.file, id: idOf(Buffer.from(path)) })),
    KEY,
  );
  const made = world.now;
  person.hear();
  const target = targetFor(person.state(), vaultOf(person.log));
  const sent = await sendTable(hub, table, { space: world.space, log: person.log, made }, target, world.host, work);
  person.act(({ writer }) => writer.write({ kind: 'published', table: sent.table, entries: String(paths.length), made, ...lie }, target));
  world.first.hear();
  return sent.table;
}

/** What a Master knows of what somebody published. */
function known(person: Person): Published {
  const state = world.first.state();
  return publishedBy(state, state.members.get(person.log)!)!;
}

const fetched = (person: Person): ReturnType<typeof fetchTable> => fetchTable(hub, world.first.state(), known(person), work);

describe('space: published states in the hub', () => {
  it('are for Masters, and the last one counts', async () => {
    const bob = world.member();
    const first = await publish(ada, ['a']);
    const last = await publish(ada, ['a', 'b']);
    assert.deepEqual([known(ada).table, known(ada).entries, known(ada).made], [last, 2, world.now]);
    assert.notEqual((await fetched(ada)).find(guessOf('b')), undefined);
    assert.deepEqual([await isThere(hub, known(ada)), hub.contents.size], [true, 2]);
    await removeOthers(hub, ada.log, last);
    assert.deepEqual([...hub.contents.keys()], [`previews/${ada.log}/${last.slice(0, 32)}`]);
    assert.notEqual(first, last);
    // Another member can open neither the record nor the table.
    bob.hear();
    const theirs = bob.state();
    assert.equal(publishedBy(theirs, theirs.members.get(ada.log)!), undefined);
    await rejected(fetchTable(hub, theirs, known(ada), work), 'refused');
  });

  it('can be opened by their author and Masters after others have left, and new ones by those who are there', async () => {
    const bob = world.member();
    await publish(ada, ['a']);
    world.first.act((acting) => remove(acting, bob.log));
    world.first.hear();
    world.first.act(refreshEpochs);
    ada.hear();
    ada.act(refreshVault);
    await publish(ada, ['b']);
    assert.equal((await fetched(ada)).rows, 1);
  });

  it('are refused when they are another’s, of another time, or not what their record says', async () => {
    const bob = world.member();
    const hers = await publish(ada, ['a']);
    const sealed = hub.contents.get(`previews/${ada.log}/${hers.slice(0, 32)}`)!;
    // Another names her table as his own, and has put the file there.
    await publish(bob, ['b'], { table: hers, entries: '1' });
    hub.contents.set(`previews/${bob.log}/${hers.slice(0, 32)}`, sealed);
    await rejected(fetched(bob), 'damaged');
    await publish(ada, ['a'], { made: world.now + 1 });
    await rejected(fetched(ada), 'damaged');
    for (const entries of ['0', '2', '1048577', '18446744073709551615']) {
      await publish(ada, ['a'], { entries });
      await rejected(fetched(ada), 'damaged');
    }
    await publish(ada, ['a']);
    assert.equal((await fetched(ada)).rows, 1);
    hub.contents.clear();
    await rejected(fetched(ada), 'not-found');
  });

  it('are not kept from being written by a file that somebody put in their place', async () => {
    const table = encodeTable([], KEY);
    const target = targetFor(ada.state(), vaultOf(ada.log));
    const about = { space: world.space, log: ada.log, made: world.now };
    const fixed = { randomHex: (bytes: number) => '5'.repeat(bytes * 2) };
    const { table: hash } = await sendTable(hub, table, about, target, fixed, work);
    const name = `previews/${ada.log}/${hash.slice(0, 32)}`;
    const right = hub.contents.get(name);
    hub.contents.set(name, Buffer.from('squatted'));
    await sendTable(hub, table, about, target, fixed, work);
    assert.deepEqual(hub.contents.get(name), right);
  });
});
