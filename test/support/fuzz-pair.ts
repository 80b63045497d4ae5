import { type Judge, judgeBy } from './fuzz-judge.js';
import { type FuzzedRequest, type Operation, operationsOf } from './fuzz-operations.js';
import { FuzzService, type Sent } from './fuzz-service.js';
import { ETAG_SLOT } from './fuzz-words.js';

const START = Date.UTC(2026, 10, 22, 12);
/** So that overrides, calls and registrations also end. */
const MS_A_CASE = 100;
const CASES_A_TICK = 100;
/** How often the states are looked at again while they differ, since history is written behind everybody's back. */
const LOOKS = 20;
const CENTER = {
  locations: [{ uri: 'sip:192.0.2.10:5060' }],
  treatments: [
    { name: 'hold-music', kind: 'music_on_hold', uri: 'sip:moh@192.0.2.30:5070', hold_seconds: 60 },
    // one that no skillset has, so that it can be deleted
    { name: 'toString', kind: 'ivr', uri: 'sip:ivr@192.0.2.30:5070' },
  ],
  skillsets: [{ name: 'sales', treatment: 'hold-music' }, { name: 'support' }],
  agents: [
    { name: 'alice', skills: { sales: 1, support: 3 } },
    { name: 'bob', skills: { sales: 2 }, contacts: [{ uri: 'sip:+14155550199@192.0.2.40' }] },
  ],
};
const PROVISIONED: ReadonlyMap<string, object> = new Map<string, object>([
  ['/v1/contact-centers/cc.example.com', CENTER],
  ['/v1/contact-centers/other.example.com', CENTER],
  ['/v1/nodes/reg1', { role: 'registrar', rpc_url: 'http://127.0.0.1:9/RPC' }],
  ['/v1/nodes/edge1', { role: 'edge' }],
]);

export interface Count {
  sent: number;
  accepted: number;
}

/**
 * Two services: one gets every request, its twin only those that the first has accepted. So whatever a refused request has
 * changed is seen as a difference between them, in memory or in Postgres, however often and whenever they are compared.
 */
export class FuzzPair {
  /** Of the document that the service serves. */
  readonly operations: ReadonlyMap<string, Operation>;
  /** By operation. */
  readonly counts = new Map<string, Count>();
  readonly #judge: Judge;
  readonly #one: FuzzService;
  readonly #twin: FuzzService;
  readonly #clock: { now: number };
  /** The last of each path. */
  readonly #etags = new Map<string, string>();
  #cases = 0;

  private constructor(
    operations: ReadonlyMap<string, Operation>,
    [one, twin]: readonly [FuzzService, FuzzService],
    clock: { now: number },
  ) {
    this.operations = operations;
    this.#judge = judgeBy(operations);
    this.#one = one;
    this.#twin = twin;
    this.#clock = clock;
    for (const operation of operations.keys()) this.counts.set(operation, { sent: 0, accepted: 0 });
  }

  static async open(url: string, name: string): Promise<FuzzPair> {
    const clock = { now: START };
    const one = await FuzzService.open(url, name, () => clock.now);
    const twin = await FuzzService.open(url, `${name}_twin`, () => clock.now);
    return new FuzzPair(operationsOf(await one.read('/openapi.json')), [one, twin], clock);
  }

  async close(): Promise<void> {
    await Promise.all([this.#one.close(), this.#twin.close()]);
  }

  /** What every batch of cases begins with: little, so that all are fast, but some of every kind. */
  async begin(): Promise<void> {
    const lists = await Promise.all([this.#one.read('/v1/contact-centers'), this.#one.read('/v1/nodes')]);
    const { contact_centers, nodes } = Object.assign({}, ...lists);
    for (const { domain } of contact_centers) await this.#both('DELETE', `/v1/contact-centers/${domain}`);
    for (const { node } of nodes) await this.#both('DELETE', `/v1/nodes/${node}`);
    for (const [url, document] of PROVISIONED) await this.#both('PUT', url, document);
    this.#tick();
  }

  /** Sends one, and says what is wrong with what came of it. */
  async fault(request: FuzzedRequest): Promise<string | undefined> {
    this.#clock.now += MS_A_CASE;
    this.#cases += 1;
    if (this.#cases % CASES_A_TICK === 0) this.#tick();
    const toSend = this.#withEtag(request);
    const answer = await this.#one.send(toSend);
    const { etag } = answer.headers;
    if (typeof etag === 'string') this.#etags.set(pathOf(request), etag);
    const accepted = answer.statusCode < 400;
    const counts = this.counts.get(request.operation) as Count;
    counts.sent += 1;
    if (accepted) counts.accepted += 1;
    const said = `${answer.statusCode} ${answer.body.slice(0, 500)}`;
    const fault = this.#judge(request, answer);
    const [error] = this.#one.takeErrors();
    if (fault) return `the answer ${fault}: ${said} ${error ?? ''}`;
    if (error) return `there was an error: ${error}`;
    if (!accepted || request.method === 'GET') return undefined;
    const { statusCode } = await this.#twin.send(toSend);
    if (request.method === 'DELETE') await this.#putBack(pathOf(request));
    return statusCode === answer.statusCode
      ? undefined
      : `answered ${said}, but ${statusCode} without what it had refused`;
  }

  /** The lines in which the services differ: none, if refused requests have changed nothing. */
  async difference(): Promise<string[]> {
    let found: string[] = [];
    for (let look = 0; look < LOOKS; look += 1) {
      const [one, twin] = await Promise.all([this.#one.state(), this.#twin.state()]);
      found = [
        ...without(one, twin).map((line) => `+ ${line}`),
        ...without(twin, one).map((line) => `- ${line}`),
      ];
      if (found.length === 0) break;
    }
    await Promise.all([this.#one.forgetHistory(), this.#twin.forgetHistory()]);
    return found;
  }

  /** Or there would soon be nothing left to ask about. */
  async #putBack(path: string): Promise<void> {
    const gone = path.toLowerCase().replace(/\.$/, '');
    const document = PROVISIONED.get(gone);
    if (document) await this.#both('PUT', gone, document);
  }

  async #both(method: 'PUT' | 'DELETE', url: string, document?: object): Promise<void> {
    const body = document && JSON.stringify(document);
    const headers: Record<string, string> = document ? { 'content-type': 'application/json' } : {};
    await this.#one.send({ method, url, headers, body });
    await this.#twin.send({ method, url, headers, body });
  }

  #withEtag({ method, url, headers, body }: FuzzedRequest): Sent {
    const etag = this.#etags.get(pathOf({ url })) ?? ETAG_SLOT;
    const named = Object.entries(headers).map(([name, value]) => [name, value.replaceAll(ETAG_SLOT, etag)]);
    return { method, url, headers: Object.fromEntries(named), body };
  }

  #tick(): void {
    this.#one.tick();
    this.#twin.tick();
  }
}

function pathOf({ url }: { url: string }): string {
  return url.split('?', 1)[0] as string;
}

function without(some: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return some.filter((line) => {
    const n = left.get(line) ?? 0;
    left.set(line, n - 1);
    return n <= 0;
  });
}
