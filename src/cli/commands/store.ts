/** verify, compact */
import { command, usageError } from '../args.ts';
import type { Command } from '../args.ts';
import type { CompactReport, Damage, VerifyReport } from '../../engine/api.ts';
import { exitCodes } from '../exit.ts';
import type { Formats } from '../render/format.ts';
import { escapeText, shortId } from '../render/text.ts';

export const verify = command({
  name: 'verify',
  group: 'store',
  summary: 'Check the store, heal what can be healed, name what cannot',
  arguments: [],
  options: { 'read-data': { summary: 'Read back every byte and compare it with its hash' } },
  cancelled: async () => 'The check did not come to its end; nothing in the snapshots was changed.',
  async run({ options }, { engine, call, io, report }) {
    const found = await engine.verify({ readData: options['read-data'] }, call);
    await report.result(found, () => [verifySentence(found, report.formats), ...found.damage.flatMap(damageLines)]);
    if (found.damage.length === 0) return exitCodes.done;
    if (!io.out.terminal) await report.warn(`snapstage: ${report.formats.count(found.damage.length, 'part')} of the store damaged.`);
    return exitCodes.damaged;
  },
});

export const compact: Command = command({
  name: 'compact',
  group: 'store',
  summary: 'Give back the space that no snapshot needs',
  arguments: [],
  options: {},
  cancelled: async () => 'The store is whole; what was not given back yet goes with the next `snapstage compact`.',
  async run(_, { engine, call, flags, report }) {
    if (flags.dryRun) throw usageError('compact has no --dry-run: how much it frees is known only when it is done.', compact);
    const done = await engine.compact(call);
    await report.result(done, () => compactLines(done, report.formats));
    return exitCodes.done;
  },
});

function verifySentence(found: VerifyReport, formats: Formats): string {
  const looked = [
    formats.count(found.snapshots, 'snapshot'),
    formats.count(found.packs, 'pack'),
    formats.count(found.objects, 'object'),
  ].join(', ');
  const read = found.bytesRead > 0 ? `, ${formats.size(found.bytesRead)} read back` : '';
  const verdict = found.damage.length === 0 ? 'all well' : `${formats.count(found.damage.length, 'part')} damaged`;
  return `Checked ${looked}${read}: ${verdict}.`;
}

function damageLines(damage: Damage): string[] {
  const affected = damage.affected.map(({ snapshot, path }) => `  affects ${escapeText(path)} in snapshot ${shortId(snapshot)}`);
  return [`${damage.healed ? 'healed' : 'damaged'}  ${escapeText(damage.part)}: ${escapeText(damage.problem)}`, ...affected];
}

function compactLines(done: CompactReport, formats: Formats): string[] {
  const lines = [
    done.removedObjects === 0 && done.freedBytes === 0
      ? 'Nothing to give back.'
      : `Freed ${formats.size(done.freedBytes)}: ${formats.count(done.removedObjects, 'object')} removed, ` +
        `${formats.count(done.packsBefore, 'pack')} before, ${formats.number(done.packsAfter)} now, ${formats.size(done.rewrittenBytes)} rewritten.`,
  ];
  if (done.waitingFor.length > 0)
    lines.push(`Some space has to wait for ${done.waitingFor.map(escapeText).join(', ')}: run it again later.`);
  return lines;
}
