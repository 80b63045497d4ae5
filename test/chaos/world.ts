import { freePort } from '../support/free-port.js';
import { probed } from '../support/health.js';
import { type Redis, startRedis, startSentinels } from '../support/redis.js';
import { type Ending, Scene, type SceneOptions } from '../support/scene.js';
import type { callee, Sipp } from '../support/sipp.js';

const PHONES = 20;
/** The skillset that is called. */
export const CALLED = 'sales';
const SKILLSETS = [CALLED, 'support', 'billing'];

/** An agent's phone, and the skillset that its agent has. */
export interface Phone {
  readonly agent: string;
  readonly skillset: string;
  readonly port: number;
  readonly contact: string;
}

/** Everything that a fault can happen to: a scene with an edge and twenty agents, and those who take calls in it. */
export class World {
  readonly scene: Scene;
  readonly phones: readonly Phone[];
  /** Whoever sits at the contact center's location now. */
  contactCenter: Sipp;
  #answers = true;

  /** What the instances of the service share; with Sentinels its master. */
  readonly redis: Redis | undefined;

  private constructor(scene: Scene, contactCenter: Sipp, phones: readonly Phone[], redis: Redis | undefined) {
    this.redis = redis;
    this.scene = scene;
    this.contactCenter = contactCenter;
    this.phones = phones;
  }

  static async open(
    ending: Ending,
    options: SceneOptions = {},
    shared?: 'standalone' | 'sentinels',
  ): Promise<World> {
    const sentinels = shared === 'sentinels' ? await startSentinels(ending) : undefined;
    const redis = shared === 'standalone' ? await startRedis(ending) : sentinels?.master;
    const redisUrl = sentinels?.url ?? redis?.url;
    const scene = await Scene.open(ending, {
      edge: true,
      health: true,
      durable: true,
      kamailioEnv: { UNDERSTUDY_CALL_SECRET: 'of the registrar' },
      ...options,
      ...(redisUrl && { serviceEnv: { REDIS_URL: redisUrl } }),
      document: {
        skillsets: SKILLSETS.map((name) => ({ name, treatment: 'hold-music', ring_seconds: 5 })),
        agents: agents().map((name, i) => ({ name, skills: { [skillsetOf(i)]: 1 } })),
        // it is tried again while the load lasts
        health: { hold_seconds: 2, ramp_seconds: 1 },
      },
    });
    const contactCenter = await scene.contactCenter({ answer: 0 });
    await scene.treatment({ answer: 0 });
    const phones = await Promise.all(agents().map((agent, i) => phoneOf(scene, agent, skillsetOf(i))));
    await probed(scene);
    return new World(scene, contactCenter, phones, redis);
  }

  /**
   * Somebody else sits at the contact center's location from now on. Whoever answers calls ends those that it has: one that dies while
   * it rings, and is there again before anybody notices, is another fault.
   */
  async contactCenterIs(behaviour: Parameters<typeof callee>[0]) {
    if (this.#answers) await this.contactCenter.leave();
    else await this.contactCenter.kill();
    this.#answers = 'answer' in behaviour;
    this.contactCenter = await this.scene.contactCenter(behaviour);
  }
}

/** Only those who are called have a phone that takes calls. */
async function phoneOf(scene: Scene, agent: string, skillset: string): Promise<Phone> {
  const port = await freePort();
  if (skillset === CALLED) await scene.callee({ answer: 0 }, agent, port);
  return { agent, skillset, port, contact: `sip:${agent}@127.0.0.1:${port}` };
}

function agents(): string[] {
  return Array.from({ length: PHONES }, (_, i) => `agent-${i + 1}`);
}

function skillsetOf(i: number): string {
  return SKILLSETS[i % SKILLSETS.length] as string;
}
