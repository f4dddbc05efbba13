import { l10n, type Disposable } from 'vscode';
import { toSnapstageError } from '../../base/errors.ts';
import type { Choice, DeliveredObject, DeliveryApi, DeliveryPlan, PlanChange, Resolution } from '../../engine/deliveryApi.ts';
import { errorSentence } from '../messages.ts';
import type { Reporter } from '../reporter.ts';
import { noLook, type ConflictsView, type FromPage, type Look, type PageState, type Rule, type ToPage } from './conflictPage.ts';
import { conflictsOf, isWaiting, keyOf, shownOf } from './conflicts.ts';
import { canApply, contentOf, decisionOf, headOf, pageTexts, rowOf, sidesOf, tableRowsOf } from './conflictView.ts';
import { decidedInWords, ruledInWords } from './conflictWords.ts';
import { isTable, OpenTables, type RowChoice, type RowSide } from './openTables.ts';
import { choiceOf, choicesByRule, isInScope, parseScope, scopesOf, type CountedScope } from './rules.ts';

/** What of deliveries the conflict view needs. */
export type ConflictApi = Pick<
  DeliveryApi,
  'planReceive' | 'resolve' | 'readSide' | 'mergeText' | 'keepMerged' | 'tableConflicts' | 'resolveRows'
>;

/** What is done outside of the page. */
export interface ConflictActions {
  /** Shows both sides of an object, and decides nothing. */
  readonly compare: (plan: DeliveryPlan, object: DeliveredObject) => Promise<void>;
  /** Opens what both sides are together, to be merged by hand. */
  readonly merge: (object: DeliveredObject) => Promise<void>;
  /** Asks where that is needed, and applies; false when it was given up. */
  readonly apply: (plan: DeliveryPlan) => Promise<boolean>;
  /** Whether so many choices are really to be taken back. */
  readonly confirmTakeBack: (count: number) => Promise<boolean>;
  readonly close: () => void;
}

export interface ConflictServices {
  readonly api: ConflictApi;
  readonly actions: ConflictActions;
  readonly reporter: Pick<Reporter, 'logError' | 'requireTrust'>;
  readonly send: (message: ToPage) => void;
}

const changing: ReadonlySet<FromPage['type']> = new Set(['choose', 'rule', 'chooseRow', 'chooseAllRows']);

/** One open conflict view: tells the page what there is, and notes every choice at once. */
export class OpenConflicts implements Disposable {
  readonly state: PageState;
  readonly #instanceName: string;
  readonly #services: ConflictServices;
  #plan: DeliveryPlan | undefined;
  /** Why there is no plan; `undefined` while it is being made. */
  #failure: string | undefined;
  #conflicts: readonly DeliveredObject[] = [];
  #order: readonly number[] = [];
  #scopes: readonly CountedScope[] = [];
  #look: Look = noLook;
  #isSafeShown = false;
  #mayRestWait = false;
  #said = { number: 0, text: '' };
  /** What was chosen when the view was opened, by triple: what *Cancel* goes back to. */
  #before: ReadonlyMap<string, DeliveredObject> = new Map();
  readonly #tables: OpenTables;
  readonly #reading = new AbortController();
  #choices: Choice[] = [];
  #last: Promise<unknown> = Promise.resolve();

  constructor(state: PageState, instanceName: string, services: ConflictServices) {
    this.state = state;
    this.#instanceName = instanceName;
    this.#services = services;
    this.#tables = new OpenTables(services.api, state.delivery);
  }

  /** What the page shows now, without its rows. */
  get view(): ConflictsView {
    const content = this.#plan
      ? contentOf({
          plan: this.#plan,
          conflicts: this.#conflicts,
          order: this.#order,
          scopes: this.#scopes,
          look: this.#look,
          isSafeShown: this.#isSafeShown,
          mayRestWait: this.#mayRestWait,
          said: this.#said,
        })
      : this.#failure === undefined
        ? ({ state: 'reading', text: l10n.t('Working out what would happen…') } as const)
        : ({ state: 'failed', text: this.#failure } as const);
    return { ...headOf(this.#plan?.delivery, this.#instanceName), content, texts: pageTexts(), state: this.state };
  }

  /** Does what the page asks for. */
  async answer(message: FromPage): Promise<void> {
    if (changing.has(message.type) && !this.#services.reporter.requireTrust()) return this.#sendDecisions();
    switch (message.type) {
      case 'ready':
        this.#look = message.look;
        if (this.#plan === undefined) return this.refresh();
        this.#reorder();
        return this.#sendAll();
      case 'again':
        return this.refresh();
      case 'look':
        this.#look = message.look;
        this.#reorder();
        return this.#sendView();
      case 'safe':
        this.#isSafeShown = message.isShown;
        return this.#sendView();
      case 'choose':
        return this.#chooseOne(message.key, message.take);
      case 'rule':
        return this.#chooseByRule(message.scope, message.rule);
      case 'action':
        return this.#act(message.key, message.action);
      case 'details':
        return this.#showDetails(message.key, message.rows);
      case 'chooseRow':
        return this.#chooseRows(message.key, [{ key: message.row, take: message.take }]);
      case 'chooseAllRows':
        return this.#chooseRows(message.key, [], message.take);
      case 'rest':
        this.#mayRestWait = message.mayWait;
        return this.#sendView();
      case 'end':
        return this.#end(message.how);
    }
  }

  /** Makes the plan anew. Never rejects: a failure is shown where the conflicts would be. */
  async refresh(): Promise<void> {
    const { api, reporter } = this.#services;
    this.#failure = undefined;
    this.#sendView();
    try {
      await this.#inTurn(async () => this.#adopt(await api.planReceive(this.#delivery, { signal: this.#reading.signal })));
    } catch (thrown) {
      if (this.#reading.signal.aborted) return;
      const error = toSnapstageError(thrown);
      reporter.logError(error, this.#instanceName);
      this.#plan = undefined;
      this.#failure = errorSentence(error);
    }
    this.#sendView();
  }

  /** Keeps what a person made of both sides. */
  async keepMerged({ place, triple }: Pick<DeliveredObject, 'place' | 'triple'>, content: Uint8Array): Promise<void> {
    const { api } = this.#services;
    await this.#inTurn(async () => this.#amend(await api.keepMerged({ ...this.#delivery, place, triple, content })));
    this.#sayOf(this.#conflicts.find((one) => one.place === place && one.triple === triple));
  }

  dispose(): void {
    this.#reading.abort();
  }

  get #delivery(): { readonly delivery: string } {
    return { delivery: this.state.delivery };
  }

  /** One call after the other, so that no older plan comes after a newer one. */
  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Tells the page what is other than in the plan before; the order of what is shown stays as long as the conflicts are the same. */
  #adopt(plan: DeliveryPlan): void {
    const before = this.#plan ? this.#conflicts : undefined;
    const conflicts = conflictsOf(plan);
    this.#plan = plan;
    this.#conflicts = conflicts;
    if (this.#before.size === 0) this.#before = new Map(conflicts.map((object) => [keyOf(object), object]));
    if (before === undefined || before.length !== conflicts.length || !before.every((one, place) => isSameRow(one, conflicts[place]!))) {
      this.#tables.forget();
      this.#reorder();
      this.#sendRows();
      this.#sendDecisions();
      return;
    }
    this.#sendDecisions(conflicts.flatMap((object, place) => (isDecidedSame(object, before[place]!) ? [] : [place])));
  }

  /** The plan with what a choice changed; made anew where it was for another state. */
  async #amend(change: PlanChange): Promise<void> {
    const plan = this.#plan;
    if (!plan || change.from !== plan.from) {
      this.#adopt(await this.#services.api.planReceive(this.#delivery, { signal: this.#reading.signal }));
      return;
    }
    const changed = new Map(change.objects.map((object) => [keyOf(object), object]));
    this.#adopt({ ...plan, ...change, objects: plan.objects.map((object) => changed.get(keyOf(object)) ?? object) });
  }

  #reorder(): void {
    this.#order = shownOf(this.#conflicts, this.#look);
    this.#scopes = scopesOf(this.#order.map((place) => this.#conflicts[place]!));
  }

  #find(key: string): DeliveredObject | undefined {
    return this.#conflicts.find((object) => keyOf(object) === key);
  }

  async #chooseOne(key: string, take: Resolution | null): Promise<void> {
    const object = this.#find(key);
    if (!object || (take !== null && !object.choices.includes(take))) return;
    await this.#choose([choiceOf(object, take)]);
    const after = this.#find(key);
    this.#sayOf(after);
    if (take === 'merge' && after?.mergeable === 'text' && after.chosen === 'merge' && isWaiting(after)) {
      await this.#services.actions.merge(after);
    }
  }

  async #chooseByRule(scopeText: string, rule: Rule): Promise<void> {
    const scope = parseScope(scopeText);
    if (!scope) return;
    const objects = this.#order.map((place) => this.#conflicts[place]!).filter((object) => isInScope(scope, object));
    const { choices, leftOut } = choicesByRule(objects, rule);
    if (choices.length > 0) await this.#choose(choices);
    if (this.#plan) this.#say(ruledInWords(choices.length, leftOut, this.#plan));
  }

  /** Notes choices; those that come meanwhile are noted together. */
  async #choose(choices: readonly Choice[]): Promise<void> {
    this.#choices.push(...choices);
    try {
      await this.#inTurn(async () => {
        if (this.#choices.length === 0) return;
        await this.#amend(await this.#services.api.resolve({ ...this.#delivery, choices: this.#choices.splice(0) }));
      });
    } catch (error) {
      // The page shows a choice before it is noted.
      this.#sendDecisions();
      throw error;
    }
  }

  async #act(key: string, action: 'compare' | 'merge'): Promise<void> {
    const object = this.#find(key);
    if (!object || !this.#plan) return;
    if (action === 'compare') return this.#services.actions.compare(this.#plan, object);
    if (object.mergeable === 'text' && this.#services.reporter.requireTrust()) await this.#services.actions.merge(object);
  }

  async #showDetails(key: string, rows: number): Promise<void> {
    const object = this.#find(key);
    if (object) await this.#sendDetails(object, rows);
  }

  async #chooseRows(key: string, rows: readonly RowChoice[], others?: RowSide): Promise<void> {
    const object = this.#find(key);
    if (!object || !isTable(object)) return;
    await this.#inTurn(async () => this.#amend(await this.#tables.choose(object, rows, others)));
    await this.#sendDetails(object, 1);
    this.#sayOf(this.#find(key));
  }

  async #end(how: 'apply' | 'later' | 'cancel'): Promise<void> {
    const { actions, reporter } = this.#services;
    if (how === 'later') return actions.close();
    if (how === 'cancel') return (await this.#takeBack()) ? actions.close() : undefined;
    await this.#last;
    const plan = this.#plan;
    if (!plan || !canApply(plan, this.#conflicts.filter(isWaiting).length, this.#mayRestWait) || !reporter.requireTrust()) return;
    try {
      if (await actions.apply(plan)) actions.close();
    } catch (thrown) {
      // What was shown is not what is there: it is to be looked at again.
      if (toSnapstageError(thrown).code === 'stale-plan') await this.refresh();
      throw thrown;
    }
  }

  /** Back to the choices that there were when the view was opened; false when that was given up. */
  async #takeBack(): Promise<boolean> {
    await this.#last;
    const choices = this.#conflicts.flatMap((object) => {
      const before = this.#before.get(keyOf(object));
      return before && before.triple === object.triple && before.chosen !== object.chosen ? [choiceOf(object, before.chosen)] : [];
    });
    const tables = this.#conflicts.filter((object) => this.#tables.isChosenIn(object)).filter(isTable);
    const count = Math.max(choices.length, tables.length);
    if (count === 0) return true;
    if (!this.#services.reporter.requireTrust() || !(await this.#services.actions.confirmTakeBack(count))) return false;
    for (const table of tables) await this.#tables.takeBack(table);
    if (choices.length > 0) await this.#choose(choices);
    return true;
  }

  #sayOf(object: DeliveredObject | undefined): void {
    if (object && this.#plan) this.#say(decidedInWords(object, this.#plan));
  }

  #say(text: string): void {
    this.#said = { number: this.#said.number + 1, text };
    this.#sendView();
  }

  #sendAll(): void {
    this.#sendRows();
    this.#sendDecisions();
    this.#sendView();
  }

  #sendView(): void {
    this.#services.send({ type: 'view', view: this.view });
  }

  #sendRows(): void {
    if (this.#plan) this.#services.send({ type: 'rows', rows: this.#conflicts.map((object) => rowOf(object, this.#plan!.delivery)) });
  }

  #sendDecisions(places: readonly number[] = this.#conflicts.map((_, place) => place)): void {
    this.#services.send({ type: 'decisions', decisions: places.map((place) => [place, decisionOf(this.#conflicts[place]!)] as const) });
  }

  async #sendDetails(object: DeliveredObject, wanted: number): Promise<void> {
    if (!this.#plan) return;
    const { delivery } = this.#plan;
    const rows = isTable(object) ? tableRowsOf(await this.#inTurn(() => this.#tables.rows(object, wanted)), delivery) : null;
    this.#services.send({ type: 'details', details: { key: keyOf(object), sides: sidesOf(object, delivery), rows } });
  }
}

/** True where the page's row of both would be the same. */
function isSameRow(a: DeliveredObject, b: DeliveredObject): boolean {
  return (
    a.place === b.place &&
    a.part === b.part &&
    a.triple === b.triple &&
    a.state === b.state &&
    a.hold === b.hold &&
    a.offered === b.offered &&
    a.mergeable === b.mergeable &&
    a.choices.length === b.choices.length &&
    a.choices.every((take, at) => take === b.choices[at])
  );
}

function isDecidedSame(a: DeliveredObject, b: DeliveredObject): boolean {
  return a.chosen === b.chosen && a.outcome === b.outcome && a.as === b.as && a.strategy === b.strategy;
}
