import type { Test } from 'tap';
import { Kamailio } from './kamailio.js';
import { type Phone, Scene, type SceneOptions } from './scene.js';
import type { RegisterOptions, RegisterResult } from './sipp.js';

const CONFIG = new URL('./registering-contact-center.cfg', import.meta.url).pathname;
/** The most that it grants, in seconds: less than our own minimum. */
export const GRANTED = 40;
const EXPECTED =
  /understudy=(contact_center_failed|away) |http_async_client|(resolve\.c|ut\.h|t_fwd\.c|tm\.c|t_reply\.c|uac\.c):\d+\]/;

/** A contact center that registers its agents itself, at all of its locations: real registrars that want a password. */
export class RegisteringContactCenter {
  readonly scene: Scene;
  /** By location; not started where a test wants it silent. */
  readonly locations: Kamailio[] = [];
  readonly #test: Test;

  private constructor(t: Test, scene: Scene) {
    this.#test = t;
    this.scene = scene;
  }

  static async open(t: Test, options: SceneOptions = {}): Promise<RegisteringContactCenter> {
    const document = { registers_agents: true, ...options.document };
    const scene = await Scene.open(t, { edge: true, ...options, document });
    return new RegisteringContactCenter(t, scene);
  }

  /** Its n-th location (from 0) works from now on. */
  async starts(location = 0): Promise<Kamailio> {
    const kamailio = await Kamailio.start({
      role: 'registrar',
      node: `contact-center-${location + 1}`,
      understudyUrl: '',
      config: CONFIG,
      sipPort: this.scene.locationPorts[location] ?? 0,
    });
    this.#test.teardown(() => kamailio.stop());
    this.locations[location] = kamailio;
    return kamailio;
  }

  /** What the Kamailios complain of, but for the contact center and the service not being reached. */
  get complaints(): string[] {
    const { registrar, edge } = this.scene;
    const all = [...registrar.warnings(), ...(edge?.warnings() ?? [])];
    return all.filter((line) => !EXPECTED.test(line));
  }

  /** The phone registers with its password, or with the one given. */
  register(phone: Phone, options: Partial<RegisterOptions> & { expires?: number; password?: string } = {}) {
    const { password = `secret-${phone.agent}`, ...rest } = options;
    return phone.register({ ...rest, login: { user: phone.agent, password } });
  }

  /** A phone of `agent` that the contact center has registered. */
  async phone(agent: string): Promise<Phone> {
    const phone = await this.scene.newPhone(agent);
    const { status, response }: RegisterResult = await this.register(phone);
    if (status !== 200) throw new Error(`REGISTER of ${agent}: ${response.text}`);
    return phone;
  }
}
