import type { FastifyInstance, InjectOptions } from 'fastify';
import type { Answer } from './call-service.js';

export interface Sent extends Answer {
  readonly headers: Readonly<Record<string, string>>;
}

/** A request with any method, headers and body; a body that is text goes as it is. */
export async function send(
  app: FastifyInstance,
  line: string,
  body?: object | string,
  headers: Record<string, string> = {},
): Promise<Sent> {
  const [method, url] = line.split(' ', 2) as [InjectOptions['method'] & string, string];
  const type = typeof body === 'string' ? { 'content-type': 'application/json' } : {};
  const answer = await app.inject({
    method: method as NonNullable<InjectOptions['method']>,
    url,
    headers: { ...type, ...headers },
    ...(body !== undefined && { payload: body }),
  });
  const json = String(answer.headers['content-type']).includes('json') && answer.body !== '';
  return {
    status: answer.statusCode,
    body: json ? answer.json() : answer.body,
    headers: answer.headers as Record<string, string>,
  };
}
