import { Type } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../errors.js';

/** One thing without which the service isn't ready; `check` rejects or resolves to say why not. */
export interface ReadinessCheck {
  readonly name: string;
  check(): Promise<void>;
}

/** Longer than a busy database needs, shorter than any prober waits. */
const CHECK_MS = 1_000;

const Alive = Type.Object({ status: Type.Literal('alive') }, { description: 'The process answers.' });
const Ready = Type.Object(
  { status: Type.Literal('ready') },
  { description: 'Everything it needs is there.' },
);

/** Those that have failed. */
export async function notReady(
  checks: readonly ReadinessCheck[],
): Promise<{ name: string; detail: string }[]> {
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
      config: { problems: ['store_unavailable'] },
    },
    async () => {
      const not_ready = await notReady(checks);
      if (not_ready.length === 0) return { status: 'ready' };
      const detail = not_ready.map(({ name, detail }) => `${name}: ${detail}`).join('; ');
      throw new Problem('store_unavailable', detail, { extra: { not_ready } });
    },
  );
}

async function failure({
  name,
  check,
}: ReadinessCheck): Promise<{ name: string; detail: string } | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_MS} ms`)), CHECK_MS);
  });
  try {
    await Promise.race([check(), late]);
    return undefined;
  } catch (error) {
    return { name, detail: (error as Error).message };
  } finally {
    clearTimeout(timer);
  }
}
