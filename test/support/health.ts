import { DOMAIN, type Scene } from './scene.js';
import { until } from './until.js';

export interface PlaceHealth {
  readonly uri: string;
  readonly state: string;
  readonly share: number;
  readonly code: string;
  readonly because: string;
  readonly since: string | null;
  readonly hold_until: string | null;
  readonly answers: readonly { readonly address: string; readonly state: string; readonly code: string }[];
  readonly probes: readonly { readonly node: string; readonly state: string }[];
}

export interface CenterHealth {
  readonly bypass: boolean;
  readonly bypass_since: string | null;
  readonly locations: readonly [PlaceHealth, ...PlaceHealth[]];
  readonly treatments: readonly [PlaceHealth, ...PlaceHealth[]];
  readonly skillsets: readonly { readonly name: string }[];
}

export async function healthOf(scene: Scene): Promise<CenterHealth> {
  type Answer = { contact_centers: [CenterHealth] };
  const { contact_centers } = await scene.api<Answer>('GET', `/v1/health?contact_center=${DOMAIN}`);
  return contact_centers[0];
}

/** How the contact center stands, when it is what `check` asks for. */
export function healthWhen(scene: Scene, check: (health: CenterHealth) => boolean): Promise<CenterHealth> {
  return until('the health of the contact center', async () => {
    const health = await healthOf(scene);
    if (!check(health)) throw new Error(JSON.stringify(health));
    return health;
  });
}

/** When the registrar has had an answer from this location: from now on it notices when there is none. */
export function probed(scene: Scene, location = 0): Promise<CenterHealth> {
  return healthWhen(scene, ({ locations }) => locations[location]?.probes[0]?.state === 'up');
}

export interface ToldChange {
  readonly at: string;
  readonly subject: string;
  readonly by: string | null;
  readonly reason: string | null;
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
}

/** The history of changes of one kind, the oldest first. */
export async function changesOf(scene: Scene, kind: string): Promise<ToldChange[]> {
  const { changes } = await scene.api<{ changes: ToldChange[] }>('GET', `/v1/changes?kind=${kind}`);
  return changes.toReversed();
}
