/** Distributions and deliveries in words. */
import type {
  DeliveredItem,
  DeliveredObject,
  DeliveryInfo,
  DeliveryOutcome,
  DistributionInfo,
  PlannedException,
} from '../../engine/deliveryApi.ts';
import type { Formats } from './format.ts';
import type { Column } from './table.ts';
import { escapeText, shortId } from './text.ts';

const MARKS: Readonly<Record<DeliveryOutcome, string>> = {
  created: 'A',
  updated: 'M',
  replaced: 'R',
  kept: '=',
  'saved-beside': '+',
  deleted: 'D',
  merged: 'Y',
  waiting: '?',
};

const WORDS: Readonly<Record<DeliveryOutcome, string>> = {
  created: 'created',
  updated: 'updated',
  replaced: 'replaced',
  kept: 'kept',
  'saved-beside': 'saved beside',
  deleted: 'deleted',
  merged: 'merged',
  waiting: 'waiting for a decision',
};

type Counts = Readonly<Record<DeliveryOutcome, number>>;

export function itemTitle({ type, path, part }: Pick<DeliveredItem, 'type' | 'path' | 'part'>): string {
  const shown = path === '' ? '.' : escapeText(path);
  return type === 'folder' ? `${shown}/` : part === null ? shown : `${shown}:${escapeText(part)}`;
}

export function exceptionTitle({ target, path, table }: PlannedException): string {
  const { id, name } = target;
  return `${name === null ? shortId(id) : escapeText(name)}: ${itemTitle({ type: table === null ? 'file' : 'table', path, part: table })}`;
}

export function deliveryTitle({ id, message }: Pick<DeliveryInfo, 'id' | 'message'>): string {
  return message === '' ? shortId(id) : `${shortId(id)} “${escapeText(message)}”`;
}

function counted(counts: Counts): string {
  const parts = (Object.keys(WORDS) as DeliveryOutcome[]).flatMap((one) => (counts[one] > 0 ? [`${counts[one]} ${WORDS[one]}`] : []));
  return parts.length === 0 ? 'nothing differs' : parts.join(', ');
}

/** What would happen. */
export function outcomeSentence(counts: Counts): string {
  return `Would be: ${counted(counts)}.`;
}

/** What happened. */
export function receivedSentence(counts: Counts): string {
  return `${counted(counts)}.`;
}

const shownObjects = 40;

/** A line for each object that differs. */
export function objectLines(objects: readonly DeliveredObject[]): string[] {
  const lines = objects.slice(0, shownObjects).map((object) => {
    const as = object.as === null ? '' : ` as ${escapeText(object.as)}`;
    const note = object.outcome === 'waiting' ? `  (${whyText(object)})` : '';
    const table = object.type === 'table' && object.part !== null ? `:${escapeText(object.part)}` : '';
    return `  ${MARKS[object.outcome]}  ${escapeText(object.place)}${table}${as}${note}`;
  });
  return objects.length > shownObjects ? [...lines, `  and ${objects.length - shownObjects} more`] : lines;
}

function whyText({ hold, state, offered }: DeliveredObject): string {
  const why =
    hold === 'code'
      ? 'it can run programs'
      : hold === 'store' || hold === 'unread'
        ? 'what is there can’t be touched'
        : state === 'deleted-there'
          ? 'deleted here'
          : state === 'kind-clash'
            ? 'something of another kind is here'
            : state === 'case-clash'
              ? 'another spelling of it is here'
              : 'edited here';
  return offered === null ? why : `${why}; ${offered} was chosen for the same before`;
}

export function deliveryColumns(formats: Formats): readonly Column<DeliveryInfo>[] {
  return [
    { title: 'Delivery', cell: ({ id }) => shortId(id), style: () => 'bold' },
    { title: 'Made', cell: ({ made }) => formats.time(made) },
    { title: 'State', cell: ({ state }) => state, style: ({ state }) => (state === 'new' || state === 'waiting' ? 'yellow' : 'dim') },
    { title: 'Objects', cell: ({ items }) => String(items.length) },
    { title: 'Message', cell: ({ message }) => escapeText(message) },
  ];
}

/** What was handed out, and how. */
export function distributionLines(distribution: DistributionInfo): string[] {
  return [deliveryTitle(distribution), ...distribution.items.map((item) => `  ${itemTitle(item)}, ${item.strategy}`)];
}

const STATES: Readonly<Record<Target['state'], string>> = {
  sent: 'not received yet',
  applied: 'received',
  waiting: 'conflicts wait there',
  superseded: 'not received: later ones replace it',
};

type Target = DistributionInfo['targets'][number];

/** What became of it at each member, by the member's clock. */
export function targetColumns(formats: Formats): readonly Column<Target>[] {
  return [
    { title: 'Member', cell: ({ id, name }) => escapeText(name ?? shortId(id)), style: () => 'bold' },
    { title: 'State', cell: ({ state }) => STATES[state], style: ({ state }) => (state === 'applied' ? 'dim' : 'yellow') },
    { title: 'When', cell: ({ at }) => (at === null ? '' : formats.time(at)) },
  ];
}

export function distributionColumns(formats: Formats): readonly Column<DistributionInfo>[] {
  return [
    { title: 'Distribution', cell: ({ id }) => shortId(id), style: () => 'bold' },
    { title: 'Made', cell: ({ made }) => formats.time(made) },
    { title: 'To', cell: ({ to, targets }) => `${to} (${targets.length})` },
    { title: 'Applied', cell: ({ targets }) => String(targets.filter(({ state }) => state === 'applied').length) },
    { title: 'Waiting', cell: ({ targets }) => String(targets.filter(({ state }) => state === 'waiting').length) },
    { title: 'Superseded', cell: ({ targets }) => String(targets.filter(({ state }) => state === 'superseded').length) },
    {
      title: 'Message',
      cell: ({ message, isOwn, isVoid }) =>
        [...(isOwn ? [] : ['(another Master)']), ...(isVoid ? ['(taken back)'] : []), escapeText(message)].join(' '),
    },
  ];
}
