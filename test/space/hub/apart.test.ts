/** A hub and an instance never lie in one another. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { refuseUnlessApart } from '../../../src/space/hub/apart.ts';
import { skip } from '../../rig/skip.ts';
import { Classroom, Person } from '../../support/classroom.ts';
import { rejected, Workbench } from '../../support/folders.ts';

const bench = new Workbench();

describe('the place of a hub and that of an instance', () => {
  afterEach(() => bench.clear());

  function reasonFor(hub: string, folder: string): string | undefined {
    try {
      refuseUnlessApart(hub, folder);
      return undefined;
    } catch (error) {
      return (error as { details?: { reason?: string } }).details?.reason;
    }
  }

  it('lie apart, also where neither is there yet', () => {
    const base = bench.folder();
    for (const name of ['instance', 'instance-hub']) fs.mkdirSync(path.join(base, name));
    const at = (...names: string[]): string => path.join(base, ...names);
    const cases: [hub: string, folder: string, reason: string | undefined][] = [
      [at('instance-hub'), at('instance'), undefined],
      [at('hub', 'not', 'yet'), at('instance'), undefined],
      [at('instance'), at('instance'), 'hub-inside'],
      [at('instance') + path.sep, at('instance'), 'hub-inside'],
      [at('instance', 'hub'), at('instance'), 'hub-inside'],
      [at('instance', 'not', 'yet'), at('instance'), 'hub-inside'],
      [at('instance', '.snapstage', 'hub'), at('instance'), 'hub-inside'],
      [base, at('instance'), 'inside-hub'],
      [at('no', 'such'), at('no', 'such', 'instance'), undefined],
    ];
    for (const [hub, folder, reason] of cases) assert.equal(reasonFor(hub, folder), reason, `${hub} ${folder}`);
  });

  it('also by links, from both sides', function () {
    if (process.platform === 'win32') return skip(this, 'links need a right there that few have');
    const base = bench.folder();
    const at = (...names: string[]): string => path.join(base, ...names);
    fs.mkdirSync(at('instance', 'inner'), { recursive: true });
    fs.mkdirSync(at('elsewhere'));
    fs.symlinkSync(at('instance'), at('link'));
    fs.symlinkSync(at('instance', 'inner'), at('elsewhere', 'shortcut'));
    fs.symlinkSync(at('elsewhere'), at('instance', 'out'));
    assert.equal(reasonFor(at('link', 'hub'), at('instance')), 'hub-inside');
    assert.equal(reasonFor(at('instance', 'hub'), at('link')), 'hub-inside');
    assert.equal(reasonFor(at('elsewhere', 'shortcut', 'hub'), at('instance')), 'hub-inside');
    assert.equal(reasonFor(at('link'), at('elsewhere', 'shortcut')), 'inside-hub');
    // By its name in the instance, but not there.
    assert.equal(reasonFor(at('instance', 'out', 'hub'), at('instance')), undefined);
  });

  it('are looked at when a Space is made, joined or recovered, and when the instance moves', async () => {
    const room = await Classroom.open(bench, { 'a.txt': 'a' });
    const ada = await room.join('Ada');
    const other = room.add(new Person(bench.folder(), bench.folder()));
    await other.engine.init();
    const inside = path.join(other.folder, 'hub');
    const refused = async (promise: Promise<unknown>, reason: string): Promise<void> =>
      assert.equal((await rejected(promise, 'refused')).details['reason'], reason);
    await refused(other.engine.createSpace({ name: 'Mine', hub: inside }), 'hub-inside');
    await refused(other.engine.createSpace({ name: 'Mine', hub: path.join(other.folder, '.snapstage', 'hub') }), 'hub-inside');
    assert.ok(!fs.existsSync(inside));
    const { code } = await room.master.engine.invite({ name: 'Bob' });
    await refused(other.engine.joinSpace({ code, hub: inside }), 'hub-inside');
    await refused(other.engine.recoverSpace({ code: 'whatever', hub: inside }), 'hub-inside');
    assert.equal(await other.engine.space({}), null);

    await ada.engine.dispose();
    const moved = path.join(room.hub, 'ada');
    fs.renameSync(ada.folder, moved);
    const lost = room.add(new Person(moved, ada.home));
    for (let i = 0; i < 2; i++) await refused(lost.engine.space({ sync: true }), 'inside-hub');
    await lost.engine.dispose();
    fs.renameSync(moved, ada.folder);
    await ada.restart();
    assert.equal((await ada.engine.space({ sync: true }))!.me.name, 'Ada');
    await room.close();
  });
});
