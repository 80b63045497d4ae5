import type { FoundDecision } from './find-decisions.sql.js';
import type { FoundOutcome } from './find-outcomes.sql.js';
import type { DecisionDocument, DecisionTarget } from './outcome.schema.js';

/** One decision under way to its document. */
interface Shown {
  readonly decision: FoundDecision;
  readonly targets: DecisionTarget[];
  readonly outcomes: DecisionDocument['outcomes'];
}

/**
 * Each decision with its outcomes, whose order is kept. `returns` brought callers back from the decisions' treatments:
 * their targets, and what became of them, are shown after the decision's own as if they were more of them.
 */
export function asDecisions(
  decisions: readonly FoundDecision[],
  returns: readonly FoundDecision[],
  outcomes: readonly FoundOutcome[],
): DecisionDocument[] {
  // With whose targets a decision's own are shown, and from which position on.
  const places = new Map<string, { readonly shown: Shown; readonly first: number }>();
  const all = decisions.map(
    (decision): Shown => ({ decision, targets: [...decision.targets], outcomes: [] }),
  );
  for (const shown of all) places.set(shown.decision.id, { shown, first: 0 });
  for (const { id, returns_from, targets } of returns) {
    const shown = places.get(returns_from ?? '')?.shown;
    if (!shown) continue;
    const first = shown.targets.length;
    places.set(id, { shown, first });
    shown.targets.push(...targets.map((target) => ({ ...movedBy(first, target), decision: id })));
  }
  for (const { decision, target, at, ...outcome } of outcomes) {
    const { shown, first } = places.get(decision) ?? {};
    shown?.outcomes.push({ ...outcome, target: target + (first ?? 0), at: at.toISOString() });
  }
  return all.map(asDecision);
}

function movedBy(first: number, target: DecisionTarget): DecisionTarget {
  const { position, next } = target;
  return { ...target, position: position + first, ...(next !== undefined && { next: next + first }) };
}

function asDecision({
  decision: { domain, caller, at, ...decision },
  targets,
  outcomes,
}: Shown): DecisionDocument {
  return { ...decision, at: at.toISOString(), contact_center: domain, from: caller, targets, outcomes };
}
