/** To whom something is handed out, and how: what the commands that do it or look ahead are asked in the same words. */
import type { DistributeRequest, ExceptionalStrategy, ExceptionRequest } from '../../engine/deliveryApi.ts';
import type { StageHereRequest } from '../../engine/pullApi.ts';
import type { ObjectType, Strategy } from '../../engine/stageApi.ts';
import { usageError } from '../args.ts';
import type { Command } from '../args.ts';
import { present } from '../context.ts';
import type { Context } from '../context.ts';

const strategies: readonly Strategy[] = ['overwrite', 'skip', 'rename', 'mirror', 'ask'];
const exceptional: readonly ExceptionalStrategy[] = ['overwrite', 'skip', 'rename', 'ask'];
const types: readonly ObjectType[] = ['file', 'folder', 'table', 'application', 'snapshot'];

export const whom = 'all (default), a member by name or id, or group:NAME';

export const handOutOptions = {
  to: { value: 'WHO', many: true, summary: whom },
  strategy: { value: 'S', summary: `What happens where a target holds something else that was edited: ${strategies.join(', ')}` },
  'strategy-for': { value: 'TYPE=S', many: true, summary: `The same for one type: ${types.join(', ')}` },
  'strategy-at': {
    value: 'MEMBER:PATH=S',
    many: true,
    summary: 'The same for one file at one member (by id where there is a colon in the name): all but mirror',
  },
  'strategy-at-table': { value: 'MEMBER:DB:TABLE=S', many: true, summary: 'The same for one table at one member' },
} as const;

interface HandOutOptions {
  readonly to: readonly string[];
  readonly strategy: string | undefined;
  readonly 'strategy-for': readonly string[];
  readonly 'strategy-at': readonly string[];
  readonly 'strategy-at-table': readonly string[];
}

/** What these options of a command ask for. @throws SnapstageError `usage`. */
export function handOutRequest(options: HandOutOptions, { path }: Pick<Context, 'path'>, of: Command): DistributeRequest {
  const exceptions = [
    ...options['strategy-at'].map((text) => exceptionOf(text, path, of)),
    ...options['strategy-at-table'].map((text) => tableExceptionOf(text, path, of)),
  ];
  return {
    to: options.to.length === 0 || options.to.includes('all') ? 'all' : options.to,
    ...strategiesOf(options, of),
    ...(exceptions.length > 0 && { exceptions }),
  };
}

export function strategiesOf(options: Pick<HandOutOptions, 'strategy' | 'strategy-for'>, of: Command): StageHereRequest {
  return present({
    strategy: options.strategy === undefined ? undefined : strategyOf(options.strategy, of),
    strategies: Object.fromEntries(options['strategy-for'].map((text) => strategyFor(text, of))),
  });
}

function strategyOf(text: string, of: Command): Strategy {
  const found = strategies.find((one) => one === text);
  if (found !== undefined) return found;
  throw usageError(`There is no strategy “${text}”: it is one of ${strategies.join(', ')}.`, of);
}

function strategyFor(text: string, of: Command): [ObjectType, Strategy] {
  const [type, strategy] = text.split('=');
  const found = types.find((one) => one === type);
  if (found === undefined || strategy === undefined) throw usageError(`“${text}” is not TYPE=S, such as folder=mirror.`, of);
  return [found, strategyOf(strategy, of)];
}

/** The member ends at the first colon, the strategy begins after the last equals sign. */
function exceptionOf(text: string, pathOf: Context['path'], of: Command): ExceptionRequest {
  const { target, path, strategy } = /^(?<target>[^:]+):(?<path>.+)=(?<strategy>[^=]*)$/s.exec(text)?.groups ?? {};
  if (target === undefined || path === undefined || strategy === undefined)
    throw usageError(`“${text}” is not MEMBER:PATH=S, such as ada:hw1/task.md=skip.`, of);
  return { target, path: pathOf(path), strategy: exceptionalOf(strategy, of) };
}

/** As a file, and the database ends at the next colon. */
function tableExceptionOf(text: string, pathOf: Context['path'], of: Command): ExceptionRequest {
  const { target, path, table, strategy } = /^(?<target>[^:]+):(?<path>[^:]+):(?<table>.+)=(?<strategy>[^=]*)$/s.exec(text)?.groups ?? {};
  if (target === undefined || path === undefined || table === undefined || strategy === undefined)
    throw usageError(`“${text}” is not MEMBER:DB:TABLE=S, such as ada:app.db:orders=skip.`, of);
  return { target, path: pathOf(path), table, strategy: exceptionalOf(strategy, of) };
}

function exceptionalOf(text: string, of: Command): ExceptionalStrategy {
  const found = exceptional.find((one) => one === text);
  if (found !== undefined) return found;
  throw usageError(`“${text}” is no strategy for one object at one member: it is one of ${exceptional.join(', ')}.`, of);
}
