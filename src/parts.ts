import type { FastifyBaseLogger } from 'fastify';
import type { Pool } from 'pg';
import { KeyOrders } from './access/key-orders.js';
import { Keys } from './access/keys.js';
import { AgentCredentials } from './admin/agent-credentials.js';
import { ContactCenters } from './admin/contact-centers.js';
import { Nodes } from './admin/nodes.js';
import { ChangeLog } from './changes/change-log.js';
import { Directory } from './directory/directory.js';
import { AnsweredProbes } from './health/answered-probes.js';
import { BypassClock } from './health/bypass-clock.js';
import { OverrideOrders } from './health/override-orders.js';
import { HoldAndRetry } from './invite/hold-and-retry.js';
import type { AppendBranch } from './kamailio/append-branch.js';
import { Dispatchers } from './kamailio/dispatchers.js';
import type { Rpc } from './kamailio/json-rpc.js';
import { Registrars } from './kamailio/registrars.js';
import { UnreachedNodes } from './kamailio/unreached-nodes.js';
import { Agents } from './live/agents.js';
import type { Change } from './live/change.js';
import { type Fall, Healths } from './live/healths.js';
import { LiveCalls } from './live/live-calls.js';
import { Overrides } from './live/overrides.js';
import { History } from './outcome/history.js';
import { AcceptedEndpoints } from './register/accepted-endpoints.js';
import type { EndpointChange } from './register/endpoint-change.js';
import type { HeardRegister } from './register/recent-registers.js';
import { type AcceptedChange, saveAcceptedEndpoints } from './register/save-accepted-endpoints.sql.js';
import { saveEndpoints } from './register/save-endpoints.sql.js';
import { Duty } from './share/duty.js';
import type { SharedLog } from './share/shared-log.js';
import { ToldCalls } from './share/told-calls.js';
import { ToldEndpoints } from './share/told-endpoints.js';
import { ToldRegistrars } from './share/told-registrars.js';
import { GroupCommit } from './store/group-commit.js';

export interface PartsDeps {
  readonly pool: Pool;
  /** For what phones wait for. */
  readonly commits: Pool;
  readonly log: FastifyBaseLogger;
  /** ms since the epoch. */
  readonly clock: () => number;
  readonly rpc: Rpc;
  readonly append: AppendBranch;
  /** What is shared with other instances. */
  readonly shared: SharedLog;
  readonly personalDataDays: number;
}

export type Parts = ReturnType<typeof buildParts>;

/** In one commit of REGISTERs: what Postgres writes in some tens of ms. */
const ENDPOINTS_AT_ONCE = 1_000;
/** So many bindings are kept for a Postgres that is away, some 100 MB; a REGISTER that brings one more is refused. */
const MAX_UNWRITTEN = 100_000;

/** What the service remembers, and what it does without being asked; nothing is read yet and nothing runs. */
export function buildParts({ pool, commits, log, clock, rpc, append, shared, personalDataDays }: PartsDeps) {
  const directory = new Directory();
  const history = new History({ pool, log, clock, personalDataDays });
  const changes = new ChangeLog({ pool, log, clock });
  const keys = new Keys({ pool, log, clock });
  // They would see it within two seconds all the same.
  const changed = (change: Change) => {
    changes.changed(change);
    shared.publish({ kind: 'keys' });
  };
  const keyOrders = new KeyOrders({ pool, keys, changes: { changed }, clock });
  const agents = new Agents({ directory, clock });
  const liveCalls = new LiveCalls(agents);
  const calls = new ToldCalls(liveCalls, shared);
  const unreached = new UnreachedNodes(directory, rpc);
  const commanded = new Registrars({ directory, rpc: unreached.rpc, log, clock });
  const duty = new Duty(shared, commanded);
  const happened = { changed: (change: Change) => void (duty.isOurs && changes.changed(change)) };
  const answeredProbes = new AnsweredProbes({ pool, log });
  const healths = new Healths({ directory, changes: happened, memory: answeredProbes, log });
  calls.follow((event) => healths.became(event));
  const overrides = new Overrides();
  const live = { standings: healths, overrides, agents, calls };
  const orders = new OverrideOrders({
    ...{ pool, directory, overrides, changes, happened, clock, log },
    told: {
      ordered: (override) => void shared.publish({ kind: 'override', put: override }),
      withdrawn: (id) => void shared.publish({ kind: 'override_gone', id }),
    },
  });
  const bypass = new BypassClock({ ...live, directory, changes: happened });
  const holds = new HoldAndRetry({
    ...{ ...live, directory, history, append, clock },
    callsForAll: () => duty.isOurs,
    begun: (caller, attempt, at) => void shared.publish({ kind: 'return_begun', caller, attempt, at }),
  });
  const registrars = new ToldRegistrars(commanded, shared);
  const dispatchers = new Dispatchers({
    directory,
    rpc: unreached.rpc,
    log,
    commands: () => commanded.commands,
    // Each instance hears it; one tells those who can't reach the node.
    heard: (node, place, answered) => {
      if (commanded.commands) probed(node, place, answered);
      else healths.probe(node, place, answered, clock());
    },
  });
  function probed(node: string, place: string, answered: boolean): void {
    const at = clock();
    healths.probe(node, place, answered, at);
    shared.publish({ kind: 'probe', node, place, answered, at });
  }
  const endpointRows = new GroupCommit<string, EndpointChange>({
    table: 'endpoints',
    places: MAX_UNWRITTEN,
    write: (rows) => saveEndpoints(commits, rows.values()),
    log,
    maxRows: ENDPOINTS_AT_ONCE,
  });
  const acceptedChanges = new GroupCommit<string, AcceptedChange>({
    table: 'accepted_endpoints',
    write: (rows) => saveAcceptedEndpoints(commits, rows.values()),
    log,
    maxRows: ENDPOINTS_AT_ONCE,
  });
  /** Every Kamailio that the service commands. */
  const kamailios = {
    changed: (aors: Iterable<string>) => {
      commanded.changed(aors);
      dispatchers.changed();
    },
    started: (node: string) => {
      commanded.started(node);
      dispatchers.started(node);
    },
  };
  const provisioning = {
    ...{ pool, directory, registrars: kamailios, calls, history, changes, clock },
    provisioned: (domain: string | null) => void shared.publish({ kind: 'configuration', domain }),
  };
  const endpoints = new ToldEndpoints(endpointRows, { directory, log: shared, clock });
  const registerListeners: ((heard: HeardRegister) => void)[] = [];
  return {
    /** Every instance sees the same falls; one counts them. */
    countedHealths: {
      seen: healths.seen.bind(healths),
      followFalls: (listener: (fall: Fall) => void) =>
        healths.followFalls((fall) => {
          if (duty.isOurs) listener(fall);
        }),
    },
    ...{ shared, duty, liveCalls, commanded, unreached, probed, endpointRows, kamailios },
    centers: new ContactCenters(provisioning),
    nodes: new Nodes(provisioning),
    credentials: new AgentCredentials(provisioning),
    otherRegisters: {
      registered: (heard: HeardRegister) => void shared.publish({ kind: 'registered', ...heard }),
      follow: (listener: (heard: HeardRegister) => void) => void registerListeners.push(listener),
      read: (heard: HeardRegister) => {
        for (const listener of registerListeners) listener(heard);
      },
    },
    ...{ directory, history, changes, answeredProbes, healths, live, agents, calls, overrides, orders },
    ...{ bypass, holds, registrars, dispatchers, endpoints, keys, keyOrders },
    accepted: new AcceptedEndpoints(told(acceptedChanges, shared)),
    /** By the tables' names: what writes them. */
    tables: {
      endpoints: endpointRows,
      accepted_endpoints: acceptedChanges,
      ...history.tables,
      ...changes.tables,
    },
    /** After the journeys, which put into them until the end. */
    close: async () => {
      agents.close();
      await keys.close();
      await holds.close();
      await Promise.all([commanded.close(), dispatchers.close()]);
      await answeredProbes.close();
      await Promise.all([endpointRows.close(), acceptedChanges.close(), history.close(), changes.close()]);
    },
  };
}

/** The other instances hear of it, too. */
function told(rows: GroupCommit<string, AcceptedChange>, shared: SharedLog) {
  return {
    put: (row: string, change: AcceptedChange) => {
      rows.put(row, change);
      const { accepted } = change;
      if (change.kind === 'put') shared.publish({ kind: 'accepted', put: change.accepted });
      else shared.publish({ kind: 'accepted_gone', ...accepted });
    },
    stored: (limitMs: number) => rows.stored(limitMs),
    committed: () => rows.committed(),
  };
}
