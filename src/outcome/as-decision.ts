import type { FoundDecision } from './find-decisions.sql.js';
import type { FoundOutcome } from './find-outcomes.sql.js';
import type { DecisionDocument } from './outcome.schema.js';

/** Each decision with its own outcomes, whose order is kept. */
export function asDecisions(
  decisions: readonly FoundDecision[],
  outcomes: readonly FoundOutcome[],
): DecisionDocument[] {
  const byDecision = new Map<string, FoundOutcome[]>(decisions.map(({ id }) => [id, []]));
  for (const outcome of outcomes) byDecision.get(outcome.decision)?.push(outcome);
  return decisions.map((decision) => asDecision(decision, byDecision.get(decision.id) ?? []));
}

function asDecision(
  { domain, caller, at, ...decision }: FoundDecision,
  outcomes: readonly FoundOutcome[],
): DecisionDocument {
  return {
    ...decision,
    at: at.toISOString(),
    contact_center: domain,
    from: caller,
    outcomes: outcomes.map(({ decision: _, at, ...outcome }) => ({ ...outcome, at: at.toISOString() })),
  };
}
