import { DOMAIN, type Scene } from './scene.js';
import type { CallResult } from './sipp.js';

/** What the service tells of a past call. */
export interface Decision {
  readonly id: string;
  readonly call_id: string;
  readonly targets: readonly { role: string; agent?: string; uri: string; because: string }[];
  readonly out: readonly { role: string; agent: string | null; code: string }[];
  readonly outcomes: readonly {
    target: number;
    event: string;
    status: number | null;
    elapsed_ms: number | null;
  }[];
}

/**
 * The decision on a call to `user`, when the outcomes are as expected: each `target event status`, in any order, since
 * nobody waits for one report before sending the next. Whoever answers at once may not have been seen to ring: his 180 and 200 are
 * taken up by two processes of Kamailio, and a 180 that comes after the answer isn't told.
 */
export async function decisionOn(
  scene: Scene,
  user: string,
  { callId }: CallResult,
  expected: readonly string[],
): Promise<Decision> {
  const address = encodeURIComponent(`sip:${user}@${DOMAIN}`);
  const { decisions } = await scene.api<{ decisions: Decision[] }>('GET', `/v1/decisions?address=${address}`);
  const decision = decisions.find(({ call_id }) => call_id === callId);
  if (!decision) throw new Error(`no decision on ${callId}: ${JSON.stringify(decisions)}`);
  const wanted = withoutRingingOfAnswered(expected).sort().join(', ');
  try {
    return await scene.decisionWhen<Decision>(decision.id, (now) => {
      const outcomes = outcomesOf(now);
      return (
        outcomes.every((outcome) => expected.includes(outcome)) &&
        withoutRingingOfAnswered(outcomes).sort().join(', ') === wanted
      );
    });
  } catch (error) {
    // such as an outcome that nobody has taken yet
    const said = scene.registrar.log().match(/understudy=.*/g) ?? [];
    const message = `${(error as Error).message}\nthe registrar said: ${said.join('; ')}`;
    throw new Error(message, { cause: error });
  }
}

function outcomesOf({ outcomes }: Decision): string[] {
  return outcomes.map(
    ({ target, event, status }) => `${target} ${event}${status === null ? '' : ` ${status}`}`,
  );
}

function withoutRingingOfAnswered(outcomes: readonly string[]): string[] {
  const hasAnswered = (target: string | undefined) => outcomes.includes(`${target} answered 200`);
  return outcomes.filter((one) => !(one.endsWith(' ringing 180') && hasAnswered(one.split(' ')[0])));
}

/** How long after it was tried a target did something. */
export function elapsed({ outcomes }: Decision, target: number, event: string): number | null | undefined {
  return outcomes.find((outcome) => outcome.target === target && outcome.event === event)?.elapsed_ms;
}
