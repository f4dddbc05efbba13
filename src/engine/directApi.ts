/** Deliveries that are applied at once in instances of the same user on this machine, as the contract has them. */
import type { CallOptions } from '../base/progress.ts';
import type { DeliveryOutcome } from './deliveryApi.ts';

/** Another instance of this user in the same Space. */
export interface DirectTarget {
  /** Of its log. */
  readonly id: string;
  readonly name: string | null;
  /** Absolute. */
  readonly folder: string;
}

export interface DirectDelivery extends DirectTarget {
  /** `waiting`: applied but for conflicts. `later`: it is not, or not all of it; the instance applies it when it is next opened. */
  readonly state: 'applied' | 'waiting' | 'later';
  /** Why later. */
  readonly reason: string | null;
  /** So many deliveries were applied. */
  readonly deliveries: number;
  readonly counts: Readonly<Record<DeliveryOutcome, number>>;
}

export interface DirectApi {
  /** Where `deliverDirectly` would look: what the keys of this user on this machine tell, if it is there. */
  directTargets(options?: CallOptions): Promise<readonly DirectTarget[]>;
  /**
   * Has each of them apply what is new there, as its own engine would: after an automatic snapshot, all or nothing, what was edited as the
   * strategies say. One that is busy, damaged or gone, or that is to be asked first (`receive` in its configuration), is left for later,
   * and hinders no other. Tells of those for which there was something.
   */
  deliverDirectly(options?: CallOptions): Promise<readonly DirectDelivery[]>;
}
