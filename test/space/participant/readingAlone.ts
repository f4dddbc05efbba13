/** Run by `readOnlyHub.test.ts` as an ordinary user, to whom folders that may not be written to are closed. Prints what it found as JSON. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Classroom, type Person } from '../../support/classroom.ts';
import { Workbench } from '../../support/folders.ts';

const bench = new Workbench();
const room = await Classroom.open(bench, { 'hw/a': '1' });
const ada = await room.join('Ada');
const { id } = await room.master.handOut(['hw']);
ada.write({ 'hers.md': 'hers' });

/** Folders of the hub, which lets itself be written to or not. */
function open(mode: number): void {
  const names = fs.readdirSync(room.hub, { recursive: true }) as string[];
  for (const at of [room.hub, ...names.map((name) => path.join(room.hub, name))]) if (fs.statSync(at).isDirectory()) fs.chmodSync(at, mode);
}
const findings = async ({ engine }: Person): Promise<readonly string[]> => (await engine.space({ sync: true }))!.findings;

open(0o555);
const first = await findings(ada);
const [delivery] = await ada.engine.inbox();
await ada.engine.receive({ delivery: delivery!.id });
const second = await findings(ada);
// What others lost is put back by who may.
const log = path.join(room.hub, 'logs', (await room.master.engine.space({}))!.me.id);
open(0o755);
const last = fs.readdirSync(log).toSorted().at(-1)!;
const record = fs.readFileSync(path.join(log, last));
fs.rmSync(path.join(log, last));
open(0o555);
const third = await findings(ada);
const isLost = !fs.existsSync(path.join(log, last));
const refused = await room.master.handOut(['hw']).catch((error: unknown) => error);
const preview = await room.master.engine.preview({});
open(0o755);
const fourth = await findings(ada);
const isBack = fs.existsSync(path.join(log, last)) && fs.readFileSync(path.join(log, last)).equals(record);
await room.master.engine.space({ sync: true });
const told = (await room.master.engine.distributions()).find((one) => one.id === id)!.targets[0]!.state;
const isHere = ada.files['hw/a'] === '1';
process.stdout.write(
  JSON.stringify({
    hub: room.hub,
    findings: [first, second, third, fourth],
    isHere,
    isLost,
    isBack,
    refused: refused instanceof Error ? refused.message : null,
    previewed: preview.targets.length,
    told,
  }),
);
await room.close();
await bench.clear();
