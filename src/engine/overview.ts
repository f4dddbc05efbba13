/** All of a Space that is shown at once. */
import { lostIn, type Distribution } from '../space/delivery/distributions.ts';
import { isReceived, readReceived } from '../space/delivery/received.ts';
import { readBelonging } from '../space/participant/belonging.ts';
import type { Participant } from '../space/participant/participant.ts';
import { deliveryInfos } from './deliveries.ts';
import { distributedTo } from './distributed.ts';
import { distributionInfos } from './distributing.ts';
import type { Open } from './open.ts';
import type { Machine } from './opener.ts';
import type * as api from './overviewApi.ts';
import { recallInfos } from './recalling.ts';
import type { SpaceRequest } from './spaceApi.ts';
import { heardOf, participating } from './spaces.ts';

export async function spaceOverview(open: Open, machine: Machine, request: SpaceRequest): Promise<api.SpaceOverview | null> {
  if (readBelonging(open.store.files) === undefined) return null;
  return participating(open, machine, async (participant) => {
    const space = await heardOf(open, participant, request);
    return {
      ...space,
      inbox: space.me.state === 'member' ? deliveryInfos(open, participant) : [],
      distributions: distributionInfos(open, participant),
      recalls: recallInfos(participant),
      distributed: summary(open, participant),
    };
  });
}

function summary({ store }: Open, participant: Participant): api.DistributedSummary {
  const received = readReceived(store.files);
  const latest = new Map<string, Distribution>();
  const all = distributedTo(participant);
  for (const one of all) {
    const isLost = lostIn(one);
    for (const { path, part } of one.items) if (!isLost(path)) latest.set(JSON.stringify([path, part]), one);
  }
  const own = participant.belonging.log;
  const isNewer = ({ id, said }: Distribution): boolean => said.record.header.log !== own && !isReceived(received.get(id));
  const holding = new Set(latest.values());
  const last = all.findLast((one) => holding.has(one));
  return {
    items: latest.size,
    newer: [...latest.values()].filter(isNewer).length,
    made: last === undefined ? null : new Date(last.said.body.made).toISOString(),
  };
}
