import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest, preParsingAsyncHookHandler } from 'fastify';
import { Problem } from '../errors.js';
import { JsonBounds } from '../http/json-bounds.js';
import { BodyBudget } from './body-budget.js';
import { DocumentThread } from './document-thread.js';
import { PASSED } from './validation.js';

/** The deepest document has five; `values` is what 20,000 agents with ten skills and five contacts each have. */
const BOUNDS = { depth: 16, values: 700_000 };
/** Two of the largest of one key, four in all. */
const BUDGET = { each: 24 * 1024 * 1024, all: 48 * 1024 * 1024 };
const COME_AGAIN_SECONDS = 1;

/** What was read of requests whose bodies were parsed before Fastify would. */
const READ = new WeakMap<FastifyRequest, object>();

export function bodyReadBefore(request: FastifyRequest): object | undefined {
  return READ.get(request);
}

/**
 * Routes whose bodies may be larger than `small` bytes: so many of these are in memory at once as there is room for; what is nested
 * too deep or has too many values is refused while it comes; and what is larger is parsed and checked in another thread. Before any
 * route is added.
 */
export function readLargeBodies(app: FastifyInstance, small: number): void {
  const budget = new BodyBudget(BUDGET);
  const thread = new DocumentThread();
  app.addHook('onClose', () => thread.close());
  app.addHook('onRoute', (route) => {
    const { bodyLimit, schema } = route;
    if (bodyLimit === undefined || bodyLimit <= small) return;
    const shape = JSON.stringify(schema?.body);
    const read: preParsingAsyncHookHandler = async (request, reply, payload) => {
      if (!request.headers['content-type']?.startsWith('application/json')) return payload;
      reserve(budget, request, reply, bodyLimit);
      const bytes = await bytesOf(payload, reply, bodyLimit);
      if (bytes.length > small) {
        const body = await thread.parse(bytes, shape);
        PASSED.add(body);
        READ.set(request, body);
      }
      return handedOn(bytes.length > small ? [] : [bytes], request);
    };
    route.preParsing = [...[route.preParsing ?? []].flat(), read];
  });
}

/** Until it is answered: what was made of it lasts so long. */
function reserve(budget: BodyBudget, request: FastifyRequest, reply: FastifyReply, limit: number): void {
  const said = request.headers['content-length'];
  const bytes = said === undefined ? limit : Number(said);
  if (bytes > limit) throw tooLarge(reply, limit);
  const giveBack = budget.take(request.access.counted, bytes);
  if (!giveBack) {
    throw new Problem('too_many_requests', 'Other large documents are still on their way', {
      headers: { 'retry-after': String(COME_AGAIN_SECONDS) },
    });
  }
  finished(reply.raw).then(giveBack, giveBack);
}

/** A body that is refused is read to its end all the same, and not kept: else its sender would never read the answer. */
async function bytesOf(
  payload: AsyncIterable<Buffer>,
  reply: FastifyReply,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bounds = new JsonBounds(BOUNDS);
  let chunks: Buffer[] = [];
  let length = 0;
  let fault: string | undefined;
  for await (const chunk of payload) {
    length += chunk.length;
    if (length > limit) throw tooLarge(reply, limit);
    if (fault !== undefined) continue;
    fault = bounds.fault(chunk);
    if (fault === undefined) chunks.push(chunk);
    else chunks = [];
  }
  if (fault !== undefined) throw Problem.badFields([{ field: '', detail: fault }]);
  const bytes = new Uint8Array(length);
  let place = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, place);
    place += chunk.length;
  }
  return bytes;
}

function tooLarge(reply: FastifyReply, limit: number): Problem {
  reply.header('connection', 'close');
  return new Problem('body_too_large', `It may have ${limit} bytes`);
}

/** Fastify counts the bytes of what it reads. */
function handedOn(chunks: readonly Uint8Array[], { headers }: FastifyRequest): Readable {
  const receivedEncodedLength = Number(headers['content-length']);
  return Object.assign(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), { receivedEncodedLength });
}
