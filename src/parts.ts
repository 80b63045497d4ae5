import type { FastifyBaseLogger } from 'fastify';
import type { Pool } from 'pg';
import { KeyOrders } from './access/key-orders.js';
import { Keys } from './access/keys.js';
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
import { Agents } from './live/agents.js';
import { Healths } from './live/healths.js';
import { LiveCalls } from './live/live-calls.js';
import { Overrides } from './live/overrides.js';
import { History } from './outcome/history.js';
import { AcceptedEndpoints } from './register/accepted-endpoints.js';
import type { EndpointChange } from './register/endpoint-change.js';
import { type AcceptedChange, saveAcceptedEndpoints } from './register/save-accepted-endpoints.sql.js';
import { saveEndpoints } from './register/save-endpoints.sql.js';
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
}

export type Parts = ReturnType<typeof buildParts>;

/** In one commit of REGISTERs: what Postgres writes in some tens of ms. */
const ENDPOINTS_AT_ONCE = 1_000;
/** So many bindings are kept for a Postgres that is away, some 100 MB; a REGISTER that brings one more is refused. */
const MAX_UNWRITTEN = 100_000;

/** What the service remembers, and what it does without being asked; nothing is read yet and nothing runs. */
export function buildParts({ pool, commits, log, clock, rpc, append }: PartsDeps) {
  const directory = new Directory();
  const history = new History({ pool, log, clock });
  const changes = new ChangeLog({ pool, log, clock });
  const keys = new Keys({ pool, log, clock });
  const keyOrders = new KeyOrders({ pool, keys, changes, clock });
  const agents = new Agents({ directory, clock });
  const calls = new LiveCalls(agents);
  const answeredProbes = new AnsweredProbes({ pool, log });
  const healths = new Healths({ directory, changes, memory: answeredProbes, log });
  calls.follow((event) => healths.became(event));
  const overrides = new Overrides();
  const live = { standings: healths, overrides, agents, calls };
  const orders = new OverrideOrders({ pool, directory, overrides, changes, clock, log });
  const bypass = new BypassClock({ ...live, directory, changes });
  const holds = new HoldAndRetry({ ...live, directory, history, append, clock });
  const registrars = new Registrars({ directory, rpc, log, clock });
  const dispatchers = new Dispatchers({
    directory,
    rpc,
    log,
    commands: () => registrars.commands,
    heard: (node, place, answered) => healths.probe(node, place, answered, clock()),
  });
  const endpoints = new GroupCommit<string, EndpointChange>({
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
  return {
    ...{ directory, history, changes, answeredProbes, healths, live, agents, calls, overrides, orders },
    ...{ bypass, holds, registrars, dispatchers, endpoints, keys, keyOrders },
    accepted: new AcceptedEndpoints(acceptedChanges),
    /** By the tables' names: what writes them. */
    tables: { endpoints, accepted_endpoints: acceptedChanges, ...history.tables, ...changes.tables },
    /** Every Kamailio that the service commands. */
    kamailios: {
      changed: (aors: Iterable<string>) => {
        registrars.changed(aors);
        dispatchers.changed();
      },
      started: (node: string) => {
        registrars.started(node);
        dispatchers.started(node);
      },
    },
    /** After the journeys, which put into them until the end. */
    close: async () => {
      agents.close();
      await keys.close();
      await holds.close();
      await Promise.all([registrars.close(), dispatchers.close()]);
      await answeredProbes.close();
      await Promise.all([endpoints.close(), acceptedChanges.close(), history.close(), changes.close()]);
    },
  };
}
