import { freePort } from '../support/free-port.js';
import { probed } from '../support/health.js';
import { type Ending, Scene, type SceneOptions } from '../support/scene.js';
import { callee, type Sipp } from '../support/sipp.js';

const PHONES = 20;
const SKILLSETS = ['sales', 'support', 'billing'];

/** An agent's phone, and the skillset that its agent has. */
export interface Phone {
  readonly agent: string;
  readonly skillset: string;
  readonly contact: string;
}

/** Everything that a fault can happen to: a scene with an edge and twenty agents, and those who take calls in it. */
export class World {
  readonly scene: Scene;
  readonly phones: readonly Phone[];
  readonly phonePort: number;
  /** Whoever sits at the contact center's location now. */
  contactCenter: Sipp;

  private constructor(scene: Scene, contactCenter: Sipp, phonePort: number) {
    this.scene = scene;
    this.contactCenter = contactCenter;
    this.phonePort = phonePort;
    this.phones = agents().map((agent, i) => ({
      agent,
      skillset: skillsetOf(i),
      contact: `sip:${agent}@127.0.0.1:${phonePort}`,
    }));
  }

  static async open(ending: Ending, options: SceneOptions = {}): Promise<World> {
    const scene = await Scene.open(ending, {
      edge: true,
      health: true,
      durable: true,
      ...options,
      document: {
        skillsets: SKILLSETS.map((name) => ({ name, treatment: 'hold-music', ring_seconds: 5 })),
        agents: agents().map((name, i) => ({ name, skills: { [skillsetOf(i)]: 1 } })),
        // it is tried again while the load lasts
        health: { hold_seconds: 2, ramp_seconds: 1 },
      },
    });
    const contactCenter = await scene.contactCenter({ answer: 0 });
    await scene.treatment({ answer: 0 });
    const phonePort = await freePort();
    // one SIPp is the phones of all agents
    const phones = await callee({ answer: 0 }, 'agents', phonePort);
    ending.teardown(() => phones.kill());
    await probed(scene);
    return new World(scene, contactCenter, phonePort);
  }

  /** Somebody else sits at the contact center's location from now on. */
  async contactCenterIs(behaviour: Parameters<typeof callee>[0]) {
    await this.contactCenter.kill();
    this.contactCenter = await this.scene.contactCenter(behaviour);
  }
}

function agents(): string[] {
  return Array.from({ length: PHONES }, (_, i) => `agent-${i + 1}`);
}

function skillsetOf(i: number): string {
  return SKILLSETS[i % SKILLSETS.length] as string;
}
