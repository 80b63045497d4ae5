import { setTimeout as later } from 'node:timers/promises';
import { CALLED, type World } from '../chaos/world.js';
import { DOMAIN } from '../support/scene.js';

const EVERY_MS = 100;
const KINDS = 8;
const SALES = encodeURIComponent(`sip:${CALLED}@${DOMAIN}`);

/** What people and programs ask besides: ten requests a second, of every kind in turn. */
export class HttpLoad {
  readonly #url: string;
  readonly #world: World;
  readonly #running: Promise<void>;
  #on = true;
  #answered = 0;
  #failed = 0;

  constructor(world: World) {
    this.#world = world;
    this.#url = world.scene.understudy.url;
    this.#running = this.#run();
  }

  /** When the last request is answered. */
  async end(): Promise<{ answered: number; failed: number }> {
    this.#on = false;
    await this.#running;
    return { answered: this.#answered, failed: this.#failed };
  }

  async #run() {
    for (let n = 0; this.#on; n++) {
      const [method, path, body] = this.#request(n);
      await this.#send(method, path, body);
      await later(EVERY_MS);
    }
  }

  async #send(method: string, path: string, body?: object) {
    try {
      const response = await fetch(`${this.#url}${path}`, {
        method,
        ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
        signal: AbortSignal.timeout(10_000),
      });
      await response.arrayBuffer();
      if (response.status < 400) this.#answered += 1;
      else this.#failed += 1;
    } catch {
      this.#failed += 1;
    }
  }

  #request(n: number): [method: string, path: string, body?: object] {
    // who is paused in one round comes back in the same
    const round = Math.floor(n / KINDS);
    const agent = this.#world.phones[round % this.#world.phones.length]?.agent ?? '';
    const requests: [string, string, object?][] = [
      ['GET', `/v1/explain?address=${SALES}`],
      ['GET', `/v1/bindings?address=${SALES}`],
      ['GET', `/v1/decisions?address=${SALES}&limit=20`],
      ['POST', '/v1/route', { node: 'reg1', ruri: `sip:${CALLED}@${DOMAIN}`, call_id: `soak-${n}` }],
      [
        'PUT',
        `/v1/contact-centers/${DOMAIN}/agents/${agent}/pause`,
        { reason: 'soak', by: 'soak', expires_in_seconds: 60 },
      ],
      ['DELETE', `/v1/contact-centers/${DOMAIN}/agents/${agent}/pause`],
      ['GET', '/v1/health'],
      ['GET', '/metrics'],
    ];
    return requests[n % KINDS] as [string, string, object?];
  }
}
