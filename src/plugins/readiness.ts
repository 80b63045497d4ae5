import { Type } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../errors.js';
import { inTime } from '../store/in-time.js';

/** One thing that the service needs; `check` rejects to say why it isn't there. */
export interface ReadinessCheck {
  readonly name: string;
  /** Whether it can answer nothing without; else it is degraded: calls and REGISTERs are answered from memory. */
  readonly essential: boolean;
  check(): Promise<void>;
}

/** Longer than a busy database needs, shorter than any prober waits. */
const CHECK_MS = 1_000;

const Alive = Type.Object({ status: Type.Literal('alive') }, { description: 'The process answers.' });
const Ready = Type.Object(
  {
    status: Type.Enum(['ready', 'degraded']),
    degraded: Type.Array(Type.Object({ name: Type.String(), detail: Type.String() }), {
      description: 'What is missing; empty when it is ready.',
    }),
  },
  {
    description:
      'Everything it needs is there (`ready`), or calls and REGISTERs are answered from memory while Postgres is away or behind, or a registrar cannot be reached (`degraded`): it is still the one to ask.',
  },
);

interface Failure extends Pick<ReadinessCheck, 'name' | 'essential'> {
  readonly detail: string;
}

/** Those that have failed. */
export async function notReady(checks: readonly ReadinessCheck[]): Promise<Failure[]> {
  return (await Promise.all(checks.map(failure))).flatMap((found) => found ?? []);
}

export function answerReadiness(app: FastifyInstance, checks: readonly ReadinessCheck[]): void {
  app.get(
    '/livez',
    {
      schema: {
        tags: ['service'],
        summary: 'Is the process alive?',
        response: { 200: Alive },
      },
      config: { scope: 'open' },
    },
    async () => ({ status: 'alive' }),
  );

  app.get(
    '/readyz',
    {
      schema: {
        tags: ['service'],
        summary: 'Can it do its work?',
        response: { 200: Ready },
      },
      config: { scope: 'open', problems: ['store_unavailable'] },
    },
    async () => {
      const failures = await notReady(checks);
      const not_ready = failures.map(({ name, detail }) => ({ name, detail }));
      if (failures.every(({ essential }) => !essential)) {
        return { status: failures.length === 0 ? 'ready' : 'degraded', degraded: not_ready };
      }
      const detail = not_ready.map(({ name, detail }) => `${name}: ${detail}`).join('; ');
      throw new Problem('store_unavailable', detail, { extra: { not_ready } });
    },
  );
}

async function failure({ name, essential, check }: ReadinessCheck): Promise<Failure | undefined> {
  try {
    await inTime(check(), CHECK_MS);
    return undefined;
  } catch (error) {
    return { name, essential, detail: (error as Error).message };
  }
}
