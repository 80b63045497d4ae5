import type { Directory } from '../directory/directory.js';
import type { FollowedCall } from '../live/followed-call.js';
import type { LiveCalls } from '../live/live-calls.js';
import { parseAddress } from '../sip/address.js';
import type { CallGoingOn } from './find-calls-going-on.sql.js';

/** After a restart: agents who are in a call are known to be, and their calls are followed on. */
export function restoreCalls(
  calls: Pick<LiveCalls, 'decided' | 'became'>,
  directory: Pick<Directory, 'resolve'>,
  goingOn: readonly CallGoingOn[],
): void {
  for (const found of goingOn) {
    calls.decided(followedCall(found, directory));
    calls.became({
      ...{ decision: found.id, target: found.target, event: 'answered' },
      ...{ status: null, local: null, retry_after_seconds: null },
      at: found.answered_at.getTime(),
    });
  }
}

function followedCall(found: CallGoingOn, directory: Pick<Directory, 'resolve'>): FollowedCall {
  const { id, at, domain, address, call_id, node, targets } = found;
  const called = parseAddress(address);
  const resolved = directory.resolve(called);
  return {
    ...{ decision: id, at: at.getTime(), domain, call_id, node, reserved: null },
    user: resolved?.user ?? called.user,
    // It may have been deleted meanwhile.
    kind: resolved?.kind ?? 'skillset',
    targets: targets.map(({ role, uri, agent = null }) => ({ role, uri, agent, endpoint: null })),
  };
}
