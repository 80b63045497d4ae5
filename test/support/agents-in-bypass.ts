import { DOMAIN, type Ending, Scene, type SceneOptions } from './scene.js';
import { until } from './until.js';

/** A scene whose contact center is in bypass and out of the way: the first target of every call is an agent. */
export async function sceneInBypass(ending: Ending, options: SceneOptions = {}): Promise<Scene> {
  const scene = await Scene.open(ending, {
    ...options,
    health: true,
    document: { when_down: 'out', put_last_seconds: 60, ...options.document },
  });
  await scene.api('POST', '/v1/overrides', {
    contact_center: DOMAIN,
    kind: 'bypass',
    reason: 'a test of the agents',
    by: 'test',
    expires_in_seconds: 3_600,
  });
  return scene;
}

export interface AgentLine {
  readonly name: string;
  readonly activity: string;
  readonly unproved: boolean;
  readonly since: string | null;
  readonly call_id: string | null;
  readonly put_last: { readonly code: string } | null;
  readonly paused: object | null;
}

/** What the agent does, when it is what `check` asks for. */
export function agentWhen(
  scene: Scene,
  name: string,
  check: (agent: AgentLine) => boolean,
): Promise<AgentLine> {
  return until(`the state of ${name}`, async () => {
    const path = `/v1/agents?contact_center=${DOMAIN}`;
    const { agents } = await scene.api<{ agents: AgentLine[] }>('GET', path);
    const agent = agents.find((one) => one.name === name);
    if (!agent || !check(agent)) throw new Error(JSON.stringify(agents));
    return agent;
  });
}

export const isFree = ({ activity }: AgentLine) => activity === 'free';
export const isBusy = ({ activity }: AgentLine) => activity === 'busy';
