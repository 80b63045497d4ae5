/**
 * Where one call goes, and where next: the contact center's locations that are well, agents, locations that are not, the
 * treatment (B3, B4). Pure: whatever it depends on is in the situation.
 */
import { callAgents } from './call-agents.js';
import type { Candidate, LeftOut } from './candidate.js';
import { fitBudget, lastTargetAfterMs, longestRingMs } from './fit-budget.js';
import { placeLocations } from './place-locations.js';
import type { Situation } from './situation.js';

export interface Decided {
  readonly targets: readonly Candidate[];
  readonly out: readonly LeftOut[];
  /** From this time of the call on, in ms, it is the last target's turn. */
  readonly last_target_after_ms: number;
  /** Whether no location is tried before the agents, for a call that the contact center doesn't make itself. */
  readonly bypass: boolean;
  /** Whether it was a drill: of this call, or one that an operator has ordered. */
  readonly drill: boolean;
  /** The agents who are called first, and until when (ms since the epoch) it isn't known what became of that. */
  readonly reserved: { readonly agents: readonly string[]; readonly until: number } | null;
}

/** A treatment answers at once or not at all; what is left of the call's time is its own once it has answered. */
const TREATMENT_RING_MS = 60_000;

export function decide(situation: Situation): Decided {
  const { limits, policy, kind } = situation;
  const locations = placeLocations(situation);
  const bypass = !situation.from_contact_center && locations.first.length === 0;
  const agents = callAgents(situation, bypass);
  const listed = eachPlaceOnce(locations.first, agents.called, locations.behind, treatmentOf(situation));
  // On an agent's own address nobody waits for the next colleague.
  const patience_ms = kind === 'agent' ? limits.max_inv_lifetime_ms : policy.patience_ms;
  const fitted = fitBudget(listed.lists, { ...limits, patience_ms });
  const targets = lastPhoneRingsOn(situation, fitted.targets);
  return {
    targets,
    last_target_after_ms: lastTargetAfterMs(targets, { ...limits, patience_ms }),
    out: [...locations.out, ...agents.out, ...listed.out, ...fitted.out],
    bypass,
    drill: locations.drill,
    reserved: kind === 'skillset' ? reservation(situation, targets) : null,
  };
}

function treatmentOf({ treatment }: Situation): Candidate[] {
  if (!treatment) return [];
  const { name, uri, contact, fr_timer_ms, hold_seconds, standing } = treatment;
  const well = standing.state === 'up' ? '' : `, ${standing.state}: ${standing.because}`;
  return [
    {
      ...{ role: 'treatment', agent: null, endpoint: null, path: null, received: null },
      ...{ uri, contact, fr_timer_ms, block: -1, together: false, code: 'treatment' },
      ring_ms: hold_seconds === null ? TREATMENT_RING_MS : hold_seconds * 1_000,
      hold: hold_seconds !== null,
      because: `treatment ${name}${well}`,
    },
  ];
}

export interface Lists {
  readonly first: readonly Candidate[];
  readonly agents: readonly Candidate[];
  readonly behind: readonly Candidate[];
  readonly treatment: readonly Candidate[];
}

/**
 * No place is tried twice; where an agent has registered the treatment's own URI the agent gives way, so that the
 * treatment stays last.
 */
function eachPlaceOnce(
  first: readonly Candidate[],
  agents: readonly Candidate[],
  behind: readonly Candidate[],
  treatment: readonly Candidate[],
): { lists: Lists; out: LeftOut[] } {
  const out: LeftOut[] = [];
  const places = new Set(first.map(placeOf));
  const last = treatment.filter((one) => !places.has(placeOf(one)));
  const seen = new Set(last.map(placeOf));
  const fresh = (candidates: readonly Candidate[]) =>
    candidates.filter((candidate) => {
      const place = placeOf(candidate);
      if (!seen.has(place)) return seen.add(place);
      const { role, agent, contact } = candidate;
      out.push({
        role,
        agent,
        uri: contact,
        code: 'same_place',
        because: 'another target is the same place',
      });
      return false;
    });
  const lists = { first: fresh(first), agents: fresh(agents), behind: fresh(behind), treatment: last };
  return { lists, out };
}

/** One contact by two Paths is two places: the two flows of RFC 5626 §3.3, of which one may be dead. */
function placeOf({ contact, path, received }: Candidate): string {
  return [contact, path ?? '', received ?? ''].join(' ');
}

/** On an agent's own address nobody comes after the last phone: it rings for as long as tm lets a call ring. */
function lastPhoneRingsOn({ kind, limits }: Situation, targets: readonly Candidate[]): Candidate[] {
  const last = targets.length - 1;
  return targets.map((target, i) =>
    kind === 'agent' && i === last && target.role === 'agent'
      ? { ...target, ring_ms: longestRingMs(limits.max_inv_lifetime_ms) }
      : target,
  );
}

function reservation({ at }: Situation, targets: readonly Candidate[]): Decided['reserved'] {
  const place = targets.findIndex(({ role }) => role === 'agent');
  const target = targets[place];
  if (!target) return null;
  const first = targets.filter((one) => one === target || (one.together && one.block === target.block));
  const before = targets.slice(0, place + 1).reduce((sum, { fr_timer_ms }) => sum + fr_timer_ms, 0);
  const agents = [...new Set(first.flatMap(({ agent }) => agent ?? []))];
  return { agents, until: at + before + target.ring_ms };
}
