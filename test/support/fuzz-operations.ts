import fc from 'fast-check';
import { broken, type Schema, valid } from './fuzz-schema.js';
import { nasty } from './fuzz-words.js';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Answer {
  readonly description: string;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

/** Of an OpenAPI document, as far as it matters here. */
export interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
  readonly responses: Readonly<Record<string, Answer>>;
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

export interface FuzzedRequest {
  /** Such as `PUT /v1/nodes/{node}`. */
  readonly operation: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** The path may have become another operation's, or nobody's. */
  readonly astray: boolean;
}

export function operationsOf({ paths }: OpenApi): Map<string, Operation> {
  return new Map(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, one]) => [`${method.toUpperCase()} ${path}`, one] as const),
    ),
  );
}

/** Requests for one operation: some as the document wants them, most with one part that is not. */
export function requests(key: string, operation: Operation): fc.Arbitrary<FuzzedRequest> {
  const [method, path] = key.split(' ') as [string, string];
  const { parameters = [], requestBody } = operation;
  const of = (where: Parameter['in']) => parameters.filter((one) => one.in === where);
  const paths = of('path');
  const schema = requestBody?.content['application/json'].schema;
  const good: Parts = {
    path: fc.tuple(...paths.map((one) => valid(one.schema, one.name).map(segment))),
    query: pairs(of('query'), valid),
    headers: pairs(of('header'), valid),
    body: schema ? valid(schema, '').map(asText) : fc.constant(undefined),
  };
  const kinds: [weight: number, parts: Partial<Parts>][] = [[2, {}]];
  if (schema) {
    const body = broken(schema, '').map(asText);
    kinds.push([12, { body }], [4, { body: spoiled(fc.oneof(good.body, body)) }]);
    kinds.push([1, { headers: fc.tuple(good.headers, wrongType).map(([some, type]) => [...some, type]) }]);
  }
  if (paths.length > 0)
    kinds.push([2, { path: fc.tuple(...paths.map(({ schema, name }) => badSegment(schema, name))) }]);
  kinds.push([of('query').length > 0 ? 4 : 1, { query: badQuery(of('query')) }]);
  kinds.push([1, { headers: badHeaders(of('header')) }]);
  const one = ([weight, parts]: [number, Partial<Parts>]) => ({
    weight,
    arbitrary: fc.record({ ...good, ...parts }).map((made) => print(key, method, path, made)),
  });
  return fc.oneof(...kinds.map(one));
}

type Pairs = readonly (readonly [name: string, value: string])[];

interface Parts {
  readonly path: fc.Arbitrary<readonly string[]>;
  readonly query: fc.Arbitrary<Pairs>;
  readonly headers: fc.Arbitrary<Pairs>;
  readonly body: fc.Arbitrary<string | undefined>;
}

function print(
  operation: string,
  method: string,
  template: string,
  made: { path: readonly string[]; query: Pairs; headers: Pairs; body: string | undefined },
): FuzzedRequest {
  const left = [...made.path];
  const path = template.replaceAll(/\{\w+\}/g, () => left.shift() as string);
  const query = made.query.map(([name, value]) =>
    name === '' ? value : `${escaped(name)}=${escaped(value)}`,
  );
  const type = made.body === undefined ? [] : [['content-type', 'application/json'] as const];
  return {
    operation,
    method,
    url: query.length > 0 ? `${path}?${query.join('&')}` : path,
    headers: Object.fromEntries([...type, ...made.headers].map(([name, value]) => [name, sendable(value)])),
    body: made.body,
    astray: made.path.some((one) => /^(\.|%2e)*$/i.test(one) || /[/?#\\]/.test(one)),
  };
}

function asText(value: unknown): string {
  return JSON.stringify(value);
}

/** A lone surrogate has no UTF-8, so that no client could send it in a URL. */
function escaped(value: string): string {
  return encodeURIComponent(Buffer.from(value).toString());
}

function segment(value: unknown): string {
  return escaped(words(value));
}

function badSegment(schema: Schema, name: string): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 4, arbitrary: valid(schema, name).map(segment) },
    { weight: 6, arbitrary: broken(schema, name).map(segment) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('%', '%zz', '%c3%28', '%ed%a0%80', '%2f', 'a;b=c', 'é', '%25', '..', ''),
    },
  );
}

/** Those that may be left out mostly are. */
function pairs(parameters: readonly Parameter[], make: typeof valid): fc.Arbitrary<Pairs> {
  const each = parameters.map(({ name, required, schema }) => {
    const some = make(schema, name).map((value) => [value].flat().map((one) => [name, words(one)] as const));
    return required
      ? some
      : fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: some });
  });
  return fc.tuple(...each).map((found) => found.flat());
}

function badQuery(parameters: readonly Parameter[]): fc.Arbitrary<Pairs> {
  const good = pairs(parameters, valid);
  const extra: Pairs = [
    '%',
    '=',
    '&&',
    'a=%zz',
    '__proto__=1',
    'constructor[prototype]=1',
    `x=${'x'.repeat(5_000)}`,
  ].map((raw) => ['', raw] as const);
  const odd = fc.oneof(
    fc.constantFrom(...extra),
    fc.tuple(nasty, nasty),
    ...parameters.map(({ name, schema }) =>
      broken(schema, name).map((value) => [name, words(value)] as const),
    ),
  );
  return fc.oneof(
    {
      weight: 3,
      arbitrary: fc.tuple(good, odd).map(([some, bad]) => [...some.filter(([name]) => name !== bad[0]), bad]),
    },
    { weight: 1, arbitrary: fc.tuple(good, odd).map(([some, bad]) => [...some, bad, bad]) },
    { weight: 1, arbitrary: good.map((some) => some.slice(1)) },
  );
}

/** As far as Node's parser lets a header's value through. */
function sendable(value: string): string {
  return value.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '');
}

function words(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function badHeaders(parameters: readonly Parameter[]): fc.Arbitrary<Pairs> {
  const names = [...parameters.map(({ name }) => name), 'accept', 'content-type', 'range', 'x-forwarded-for'];
  const one = fc.tuple(fc.constantFrom(...names), nasty);
  return fc.array(one, { minLength: 1, maxLength: 3 });
}

const wrongType: fc.Arbitrary<readonly [string, string]> = fc
  .constantFrom(
    ...[
      'text/plain',
      'application/xml',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencoded',
    ],
    ...[
      '',
      'no type',
      'application/jsonp',
      'application/json; charset=latin1',
      'APPLICATION/JSON',
      'application/json;;',
    ],
  )
  .map((type) => ['content-type', type] as const);

/** JSON text that is none any more, or that is but has something in it that no serializer writes. */
function spoiled(texts: fc.Arbitrary<string | undefined>): fc.Arbitrary<string> {
  const text = texts.map(String);
  return fc.oneof(
    { weight: 60, arbitrary: fc.tuple(text, fc.nat()).map(([all, n]) => all.slice(0, n % (all.length + 1))) },
    { weight: 30, arbitrary: fc.tuple(text, fc.nat(), nasty).map(([all, n, bad]) => insert(all, n, bad)) },
    {
      weight: 30,
      arbitrary: fc.tuple(text, fc.constantFrom(...NUMBERS)).map(([all, n]) => all.replace(/\d+/, n)),
    },
    {
      weight: 30,
      arbitrary: fc
        .tuple(text, fc.constantFrom(...MEMBERS))
        .map(([all, one]) => all.replace('{', `{${one},`)),
    },
    { weight: 20, arbitrary: text.map((all) => `\ufeff${all}`) },
    { weight: 20, arbitrary: text.map((all) => `${all}${all}`) },
    {
      weight: 20,
      arbitrary: fc.constantFrom(
        '',
        ' ',
        'null',
        '[]',
        '""',
        '0',
        'NaN',
        "{'a':1}",
        '{"a":1,}',
        '//',
        '\u0000',
      ),
    },
    { weight: 2, arbitrary: fc.constantFrom(...LARGE) },
  );
}
const NUMBERS = ['1e999', '-0', '00', '1.0', '0x1', '1e0', '9'.repeat(400), '.5', '1.'];
const MEMBERS = [
  ...['"__proto__":{"x":1}', '"constructor":{"prototype":{}}', '"\\u005f_proto__":null', '"a":"\\ud800"'],
  ...['"":0', '"\\u0000":0', '"locations":[]', '"name":"\\u0000"'],
];
/** Deeper than a recursion goes, and longer than all bodies but a contact center's may be. */
const LARGE = [
  `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
  `${'{"call_id":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
  `"${'x'.repeat(70_000)}"`,
];

function insert(all: string, n: number, bad: string): string {
  const at = n % (all.length + 1);
  return all.slice(0, at) + bad + all.slice(at);
}
