import { type FieldError, Problem } from '../errors.js';
import { SipSyntaxError } from '../sip/sip-syntax-error.js';
import { parseUri, printUri } from '../sip/uri.js';
import type { Situation } from './situation.js';

/** What is supposed instead of what is so. */
export interface Supposed {
  /** URIs of locations. */
  readonly down: readonly string[];
  /** Names of agents who are in a call … */
  readonly busy: readonly string[];
  /** … or have no phone registered. */
  readonly unregistered: readonly string[];
}

/** The same situation with something changed in it. Throws a `bad_request` for what isn't in it at all. */
export function suppose(situation: Situation, supposed: Supposed): Situation {
  const { at, locations, agents } = situation;
  const down = new Set(supposed.down.map(canonical));
  refuseUnknown(supposed, {
    locations: new Set(locations.map(({ uri }) => uri)),
    agents: new Set(agents.map(({ agent }) => agent)),
  });
  return {
    ...situation,
    locations: locations.map((location) =>
      down.has(location.uri)
        ? {
            ...location,
            standing: { state: 'down', share: 0, since: at, code: 'calls_failed', because: 'supposed' },
          }
        : location,
    ),
    agents: agents.map((agent) => ({
      ...agent,
      ...(supposed.busy.includes(agent.agent) && {
        state: { ...agent.state, activity: 'busy', unproved: false, call_id: null },
      }),
      ...(supposed.unregistered.includes(agent.agent) && {
        ways: agent.ways.filter(({ endpoint }) => endpoint === null),
      }),
    })),
  };
}

function canonical(uri: string): string {
  try {
    return printUri(parseUri(uri));
  } catch (error) {
    if (error instanceof SipSyntaxError) return uri;
    throw error;
  }
}

function refuseUnknown(
  { down, busy, unregistered }: Supposed,
  known: { locations: ReadonlySet<string>; agents: ReadonlySet<string> },
): void {
  const fault = (field: string, detail: string) => (): FieldError[] => [{ field, detail }];
  const faults = [
    ...down
      .filter((uri) => !known.locations.has(canonical(uri)))
      .flatMap(fault('/down', 'is no location of this contact center')),
    ...busy.filter((name) => !known.agents.has(name)).flatMap(fault('/busy', 'is no agent of this address')),
    ...unregistered
      .filter((name) => !known.agents.has(name))
      .flatMap(fault('/unregistered', 'is no agent of this address')),
  ];
  if (faults.length > 0) throw Problem.badFields(faults);
}
