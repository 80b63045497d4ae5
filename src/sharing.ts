import { setTimeout as later } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import type { Pool } from 'pg';
import { loadProvisioned } from './load.js';
import type { Parts } from './parts.js';
import type { Entry, EntryOf, Kind } from './share/entry.js';
import type { LogReader } from './share/shared-log.js';
import { partsOf, stateOf } from './share/state.js';
import { backOff } from './store/back-off.js';

export interface SharingDeps {
  readonly pool: Pool;
  readonly log: FastifyBaseLogger;
  /** ms since the epoch. */
  readonly clock: () => number;
}

/** Whoever starts reads what the log still has; once in a while it has everything. */
const STATE_EVERY_MS = 5 * 60_000;
/** One instance answers who asks for the state; if it doesn't, others do after so long. */
const ANSWER_MS = 500;

/**
 * Makes one of several instances: what the others publish comes into this one's memory. Whoever has been away for a while, or finds
 * that the log lacks something, publishes all that it knows; put together that is always the same, whoever says it first.
 */
export class Sharing implements LogReader {
  readonly #parts: Parts;
  readonly #deps: SharingDeps;
  readonly #stopping = new AbortController();
  /** What is being read again from Postgres. */
  readonly #reading = new Map<string | null, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #started = false;
  /** How many entries with somebody's state were read. */
  #states = 0;

  constructor(parts: Parts, deps: SharingDeps) {
    this.#parts = parts;
    this.#deps = deps;
  }

  /** Once what Postgres has is loaded. Resolves when what the others know is known here, or can't be known now. */
  async start(): Promise<void> {
    const { pool } = this.#deps;
    const { shared, duty } = this.#parts;
    const { rows } = await pool.query<{ name: string }>(
      "SELECT current_database() || '.' || current_schema() AS name",
    );
    duty.readsPast = true;
    await shared.start(rows[0]?.name ?? '', this);
    duty.readsPast = false;
    this.#started = true;
    this.#timer = setInterval(() => {
      if (duty.isOurs) this.#tellState();
    }, STATE_EVERY_MS).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#parts.shared.close();
    await Promise.all(this.#reading.values());
  }

  joined({ missed }: { readonly missed: boolean }): void {
    if (missed) this.#parts.shared.publish({ kind: 'hello' });
    if (!this.#started) return;
    this.#tellState();
    if (missed) void this.#rereadAll();
  }

  read(entry: Entry, { own, past }: { readonly own: boolean; readonly past: boolean }): void {
    const { calls } = this.#parts;
    if (entry.kind === 'decided') calls.readDecided(entry, own);
    if (entry.kind === 'became') calls.readBecame(entry, own);
    if (own) return;
    const always = this.#always[entry.kind] as ((entry: Entry, past: boolean) => void) | undefined;
    always?.(entry, past);
    if (past) return;
    const now = this.#now[entry.kind] as ((entry: Entry) => void) | undefined;
    now?.(entry);
  }

  /** What is read whenever it was said. */
  readonly #always: { [K in Kind]?: (entry: EntryOf<K>, past: boolean) => void } = {
    probe: ({ node, place, answered, at }) => this.#parts.healths.probe(node, place, answered, at),
    endpoint: (entry) => this.#parts.endpoints.readPut(entry),
    endpoint_gone: (entry) => this.#parts.endpoints.readGone(entry),
    accepted: ({ put }) => this.#parts.accepted.load([put]),
    accepted_gone: (entry) => this.#parts.accepted.drop(entry),
    registered: (entry) => this.#parts.otherRegisters.read(entry),
    return_begun: ({ caller, attempt, at }) => this.#parts.holds.readBegun(caller, attempt, at),
    node_started: ({ node, start, at }) => this.#parts.liveCalls.forget(node, start, at),
    state: (entry) => this.#readState(entry),
  };

  /** What was said before this instance started is in Postgres, which it has read, or was for whoever commanded the registrars. */
  readonly #now: { [K in Kind]?: (entry: EntryOf<K>) => void } = {
    configuration: ({ domain }) => this.#reread(domain),
    keys: () => void this.#parts.keys.refresh(),
    override: ({ put }) => this.#parts.orders.readOrdered(put),
    override_gone: ({ id }) => this.#parts.orders.readWithdrawn(id),
    bindings: ({ aors }) => this.#parts.commanded.changed(aors),
    sent: ({ registrations, node }) => this.#parts.commanded.sent(registrations, node),
    review: ({ node }) => void this.#parts.commanded.review(node),
    node_started: ({ node }) => {
      if (this.#parts.directory.node(node)) this.#parts.kamailios.started(node);
    },
    hello: () => {
      if (this.#parts.duty.isOurs) this.#tellState();
      else void this.#answerLate();
    },
  };

  #readState(entry: EntryOf<'state'>): void {
    const { liveCalls, agents, healths, holds } = this.#parts;
    const { calls, agents: marks, health, probes, waiting } = stateOf(entry);
    this.#states += 1;
    for (const call of calls) liveCalls.merge(call);
    for (const one of marks) agents.merge(one);
    for (const one of probes) healths.mergeProbe(one);
    for (const one of health) healths.merge(one, this.#deps.clock());
    for (const one of waiting) if (!liveCalls.isOver(one.call.decision)) holds.merge(one);
  }

  #tellState(): void {
    const { shared, liveCalls, agents, healths, holds, endpointRows, directory } = this.#parts;
    const now = this.#deps.clock();
    const state = {
      calls: liveCalls.facts(now),
      agents: agents.marks(),
      health: healths.facts(),
      probes: healths.probes,
      waiting: holds.facts(now),
    };
    for (const part of partsOf(state)) shared.publish(part);
    // Whoever starts now doesn't find all of them in Postgres.
    if (endpointRows.waiting === 0) return;
    for (const put of directory.allEndpoints(now)) shared.publish({ kind: 'endpoint', put });
  }

  async #answerLate(): Promise<void> {
    const before = this.#states;
    const ms = ANSWER_MS * (1 + Math.random());
    await later(ms, undefined, { signal: this.#stopping.signal, ref: false }).catch(() => {});
    if (!this.#stopping.signal.aborted && this.#states === before) this.#tellState();
  }

  /** Until Postgres has answered. What is asked for again meanwhile is read once more. */
  #reread(domain: string | null): void {
    const { centers, credentials, nodes } = this.#parts;
    const read = async () => {
      if (domain === null) return nodes.reread();
      await centers.reread(domain);
      await credentials.reread(domain);
    };
    const before = this.#reading.get(domain) ?? Promise.resolve();
    const reading: Promise<void> = before
      .then(() => (this.#reading.get(domain) === reading ? this.#untilDone(read) : undefined))
      .finally(() => {
        if (this.#reading.get(domain) === reading) this.#reading.delete(domain);
      });
    this.#reading.set(domain, reading);
  }

  /** The log has not said everything: what has been changed is in Postgres. */
  async #rereadAll(): Promise<void> {
    const { endpoints, accepted, kamailios, commanded } = this.#parts;
    const { pool, clock } = this.#deps;
    await this.#untilDone(async () => {
      await Promise.all([endpoints.committed(), accepted.committed()]);
      await loadProvisioned(this.#parts, pool, clock());
      kamailios.changed([]);
      commanded.reviewAll();
    });
  }

  async #untilDone(work: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        return await work();
      } catch (error) {
        if (failures === 1)
          this.#deps.log.warn({ err: error }, 'what another instance has changed cannot be read yet');
        await backOff(failures, signal);
      }
    }
  }
}
