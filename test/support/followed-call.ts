import type { FollowedCall, FollowedTarget } from '../../src/live/followed-call.js';
import type { ToldOutcome } from '../../src/live/live-calls.js';
import { DOMAIN, NOW } from './contact-center.js';

/** A call for sales that tries its agents' phones in this order; `alice/2` is alice's second phone. */
export function followedCall(
  decision: string,
  phones: readonly string[],
  part: Partial<FollowedCall> = {},
): FollowedCall {
  return {
    ...{ decision, at: NOW, domain: DOMAIN, user: 'sales', kind: 'skillset' },
    ...{ call_id: `${decision}@phone`, node: 'reg1', reserved: null },
    targets: phones.map(target),
    ...part,
  };
}

/** `location` and `treatment` are what their names say, anything else is an agent's phone. */
function target(phone: string): FollowedTarget {
  if (phone === 'location') {
    return { role: 'contact_center', uri: 'sip:192.0.2.10:5060', agent: null, endpoint: null };
  }
  if (phone === 'treatment') {
    return { role: 'treatment', uri: 'sip:moh@192.0.2.30:5070', agent: null, endpoint: null };
  }
  const [agent = phone, nth = '1'] = phone.split('/');
  const uri = `sip:${agent}@10.0.0.${nth}:5062`;
  return { role: 'agent', uri, agent, endpoint: uri };
}

export function outcome(
  decision: string,
  target: number,
  event: ToldOutcome['event'],
  part: Partial<ToldOutcome> = {},
): ToldOutcome {
  const status = event === 'ringing' ? 180 : event === 'answered' ? 200 : null;
  return { decision, target, event, status, local: null, retry_after_seconds: null, at: NOW, ...part };
}
