import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../support/free-port.js';
import { DOMAIN, type Ending } from '../support/scene.js';
import { header, Sipp } from '../support/sipp.js';
import { until } from '../support/until.js';
import type { World } from './world.js';

/** What a phone asks for. It refreshes long before that, so what is held tells by its expiry which refresh it is of. */
export const EXPIRES_SECONDS = 60;

/** Every phone's REGISTER, once a second, through the edge: 20 a second. */
export class Refreshes {
  readonly #sipp: Sipp;

  private constructor(sipp: Sipp) {
    this.#sipp = sipp;
  }

  /** When all have been acknowledged once. */
  static async begin(ending: Ending, { scene, phones }: World, directory: string): Promise<Refreshes> {
    const list = join(directory, 'phones.csv');
    await writeFile(
      list,
      ['SEQUENTIAL', ...phones.map(({ agent, port }) => `${agent};${port}`), ''].join('\n'),
    );
    const count = String(phones.length);
    const sipp = new Sipp({
      scenario: new URL('./sipp/phones.xml', import.meta.url).pathname,
      port: await freePort(),
      target: scene.registerTarget,
      keys: { domain: DOMAIN, expires: String(EXPIRES_SECONDS) },
      // one after the other within a second, so that they keep to 20 a second
      args: ['-inf', list, '-m', count, '-l', count, '-r', count],
    });
    ending.teardown(() => sipp.kill());
    const refreshes = new Refreshes(sipp);
    await until('every phone to be registered', () => refreshes.newest().size === phones.length, 20_000);
    return refreshes;
  }

  end(): Promise<void> {
    return this.#sipp.kill();
  }

  /** How many were answered 200. */
  acknowledged(): number {
    return this.#acknowledgements().length;
  }

  /** Agent → when its newest acknowledged REGISTER was answered, in ms since the epoch. */
  newest(): Map<string, number> {
    return new Map(this.#acknowledgements());
  }

  #acknowledgements(): [agent: string, at: number][] {
    return this.#sipp.messages().flatMap((message): [string, number][] => {
      const agent = /sip:([^@]+)@/.exec(header(message, 'To') ?? '')?.[1];
      return message.direction === 'received' && message.kind === '200' && agent ? [[agent, message.at]] : [];
    });
  }
}
