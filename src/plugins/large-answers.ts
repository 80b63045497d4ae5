import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, preSerializationHookHandler } from 'fastify';
import { textInSlices } from '../http/slices.js';

/** What is printed of fewer takes less than a millisecond. */
const MANY = 100;
/** Of routes for people; what routing scripts ask for is short, and POSTed. */
const METHODS: ReadonlySet<unknown> = new Set(['GET', 'PUT']);

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, object & { readonly items?: object }>>;
}

/** Answers with long lists are printed and sent a slice at a time, as their schemas say, as all others. Before any route is added. */
export function printLargeAnswersInSlices(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const { response } = (route.schema ?? {}) as { response?: Readonly<Record<string, ObjectSchema>> };
    const properties = response?.['200']?.properties;
    if (!properties || ![route.method].flat().some((method) => METHODS.has(method))) return;
    const print: preSerializationHookHandler = (_request, reply, payload, done) => {
      if (reply.statusCode < 300 && howMany(payload as object) > MANY) {
        const texts = printed(payload as object, properties, reply);
        // What is sent may be a stream, which the types don't know.
        reply.serializer(() => Readable.from(textInSlices(texts)) as unknown as string);
      }
      done(null, payload);
    };
    route.preSerialization = [...[route.preSerialization ?? []].flat(), print];
  });
}

function howMany(payload: object): number {
  return Object.values(payload).reduce((sum, value) => sum + (Array.isArray(value) ? value.length : 0), 0);
}

/** Each list item by item, each other member as a whole. */
function* printed(
  payload: object,
  properties: NonNullable<ObjectSchema['properties']>,
  reply: FastifyReply,
): Generator<string> {
  const members = new Map<string, unknown>(Object.entries(payload));
  let before = '{';
  for (const [name, schema] of Object.entries(properties)) {
    const value = members.get(name);
    if (value === undefined) continue;
    yield `${before}${JSON.stringify(name)}:`;
    before = ',';
    if (Array.isArray(value) && schema.items) {
      const print = reply.compileSerializationSchema(schema.items as Record<string, unknown>);
      let separator = '[';
      for (const item of value) {
        yield separator + print(item);
        separator = ',';
      }
      yield value.length === 0 ? '[]' : ']';
    } else yield reply.compileSerializationSchema(schema as Record<string, unknown>)(value as never);
  }
  yield before === '{' ? '{}' : '}';
}
