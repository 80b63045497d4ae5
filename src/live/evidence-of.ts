import type { CallEvent } from './followed-call.js';
import type { Evidence } from './health-machine.js';

/** What one call says of the place that it was sent to, and of the place's answers to the called address; null: nothing. */
export function evidenceOf(event: CallEvent): {
  readonly place: Evidence | null;
  readonly answers: Evidence | null;
} {
  const { status, unreached, retry_after_seconds } = event;
  const call = `${event.call.decision} ${event.position}`;
  const failed: Evidence = { kind: 'failed', call };
  const succeeded: Evidence = { kind: 'succeeded', call };
  if (event.event === 'ringing' || event.event === 'answered')
    return { place: succeeded, answers: succeeded };
  // A caller who hangs up, before or after, says nothing about whom was called.
  if (event.event !== 'failed' || status === null) return { place: null, answers: null };
  if (unreached) return { place: failed, answers: null };
  if (status < 500 || status >= 600) return { place: succeeded, answers: succeeded };
  // Overload is not death (RFC 3261 §21.5.4).
  const overloaded = status === 503 && retry_after_seconds !== null;
  return {
    place: null,
    answers: overloaded ? { kind: 'overloaded', seconds: retry_after_seconds } : failed,
  };
}
