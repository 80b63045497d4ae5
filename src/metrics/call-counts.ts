import { Counter, type Registry } from 'prom-client';
import type { ContactCenter } from '../directory/contact-center.js';
import type { CallEvent } from '../live/followed-call.js';
import { failureOf } from './failure-of.js';

export interface CallCountsDeps {
  readonly directory: { contactCenters(): readonly ContactCenter[] };
  /** Why what this instance knows may be behind what others know; null: it isn't. */
  readonly behind: () => Behind | null;
}

export type Behind = 'standing_by' | 'database_away';

/** A series that begins with its first call would hide that call from `increase()`: so each begins at 0, when scraped. */
const BYPASS = ['no', 'yes', 'drill'] as const;
const BEHIND: readonly Behind[] = ['standing_by', 'database_away'];

/** What calls came to. */
export class CallCounts {
  readonly #behind: CallCountsDeps['behind'];
  readonly #decisions: Counter<'contact_center' | 'bypass'>;
  readonly #stale: Counter<'contact_center' | 'because'>;
  readonly #withoutTarget: Counter<'contact_center'>;
  readonly #answered: Counter<'contact_center' | 'called' | 'role'>;
  readonly #failed: Counter<'contact_center' | 'role' | 'status'>;

  constructor(registry: Registry, { directory, behind }: CallCountsDeps) {
    this.#behind = behind;
    const registers = [registry];
    const domains = () => directory.contactCenters().map(({ domain }) => domain);
    this.#decisions = new Counter({
      name: 'understudy_decisions_total',
      help: 'Calls that were given targets; bypass: whether the contact center came first (no), or not (yes, drill).',
      labelNames: ['contact_center', 'bypass'],
      registers,
      collect() {
        for (const contact_center of domains())
          for (const bypass of BYPASS) this.inc({ contact_center, bypass }, 0);
      },
    });
    this.#stale = new Counter({
      name: 'understudy_stale_decisions_total',
      help: 'Those of the decisions that were made from a memory that may be behind: of an instance that stands by, or while Postgres takes no rows.',
      labelNames: ['contact_center', 'because'],
      registers,
      collect() {
        for (const contact_center of domains())
          for (const because of BEHIND) this.inc({ contact_center, because }, 0);
      },
    });
    this.#withoutTarget = new Counter({
      name: 'understudy_calls_without_target_total',
      help: 'Calls to an address of the contact center for which there was nobody at all (480).',
      labelNames: ['contact_center'],
      registers,
      collect() {
        for (const contact_center of domains()) this.inc({ contact_center }, 0);
      },
    });
    this.#answered = new Counter({
      name: 'understudy_calls_answered_total',
      help: 'Calls by who answered: contact_center, agent or treatment. A contact center that calls its agent through us makes two: one to a skillset, one to an agent.',
      labelNames: ['contact_center', 'called', 'role'],
      registers,
    });
    this.#failed = new Counter({
      name: 'understudy_targets_failed_total',
      help: 'Targets that were tried in vain; status: the class of the final code, or unreached when nobody answered the request at all.',
      labelNames: ['contact_center', 'role', 'status'],
      registers,
    });
  }

  decided({ domain, bypass, drill }: { domain: string; bypass: boolean; drill: boolean }): void {
    this.#decisions.inc({ contact_center: domain, bypass: drill ? 'drill' : bypass ? 'yes' : 'no' });
    const because = this.#behind();
    if (because) this.#stale.inc({ contact_center: domain, because });
  }

  withoutTarget(domain: string): void {
    this.#withoutTarget.inc({ contact_center: domain });
  }

  became(event: CallEvent): void {
    const { call, target, here } = event;
    // Whoever was told counts it: Prometheus adds the instances up.
    if (!here) return;
    const of = { contact_center: call.domain, role: target.role };
    if (event.event === 'answered') this.#answered.inc({ ...of, called: call.kind });
    if (event.event === 'failed') this.#failed.inc({ ...of, status: failureOf(event) });
  }
}
