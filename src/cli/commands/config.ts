/** config */
import { parseRate, parseSize } from '../../base/format.ts';
import type { InstanceConfig } from '../../engine/api.ts';
import { command, usageError } from '../args.ts';
import { exitCodes } from '../exit.ts';
import { parsePolicy, policyText } from '../render/retention.ts';

/** What can be chosen, with how its value is read. */
const keys: { readonly [K in keyof InstanceConfig]-?: (value: string) => InstanceConfig[K] } = {
  compression: Number,
  retention: parsePolicy,
  // What is neither is refused where it is to be written.
  receive: (text) => text as 'automatically' | 'ask',
  budget: (text) => parseSize(text) ?? Number.NaN,
  bandwidth: (text) => parseRate(text) ?? Number.NaN,
};

const isKey = (name: string): name is keyof InstanceConfig => Object.hasOwn(keys, name);

export const config = command({
  name: 'config',
  group: 'instance',
  summary:
    'Show or change what is chosen for the instance: compression (1 fast to 19 small; default 3), retention of automatic snapshots (daily=7 within=30d), budget of the store (20GB), bandwidth (500KB: the most per second to and from a hub in git or a bucket), receive (ask: what another instance of yours hands out is not applied here at once)',
  arguments: ['[KEY]', '[VALUE]'],
  options: { unset: { summary: 'Go back to the default' } },
  async run({ arguments: [key, value], options: { unset } }, { engine, call, flags, report }) {
    if (key !== undefined && !isKey(key))
      throw usageError(`There is no “${key}” to choose. There is: ${Object.keys(keys).join(', ')}.`, config);
    if (unset && (key === undefined || value !== undefined)) throw usageError('--unset wants a key and no value.', config);
    const change = key === undefined || (value === undefined && !unset) ? {} : { [key]: value === undefined ? null : keys[key](value) };
    if (flags.dryRun && Object.keys(change).length > 0) {
      await report.result({ plan: change }, () => [unset ? `Would go back to the default of ${key}.` : `Would set ${key} to ${value}.`]);
      return exitCodes.done;
    }
    const found = await engine.config(change, call);
    const shown = Object.entries(found).filter(([name]) => key === undefined || name === key);
    await report.result(Object.fromEntries(shown), () =>
      shown.map(([name, current]) => {
        if (typeof current === 'object') return `${name} = ${policyText(current)}`;
        if (name === 'bandwidth') return `${name} = ${report.formats.size(current as number)}/s`;
        return `${name} = ${name === 'budget' ? report.formats.size(current) : current}`;
      }),
    );
    return exitCodes.done;
  },
});
