import fc from 'fast-check';
import { NASTY, nasty, wordsFor } from './fuzz-words.js';

/** As much of JSON Schema as the service's documents use; a test says so when there is more. */
export interface Schema {
  readonly type?: string;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly examples?: readonly unknown[];
}

type Json = fc.Arbitrary<unknown>;
type Members = Record<string, unknown>;

/** Lists that may be long are seldom interesting because of it, and cost time. */
const A_FEW = 3;
/** A list of one more than may be is tried up to this length; 20,000 agents have a test of their own. */
const LONGEST_LIST = 1_000;

/** What the schema takes; `name` is the field's. */
export function valid(schema: Schema, name: string): Json {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => valid(one, name)));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return integer(schema);
    case 'string':
      return text(schema, name);
    case 'array': {
      const { minItems = 0, maxItems = LONGEST_LIST } = schema;
      const maxLength = Math.min(maxItems, minItems + A_FEW);
      return fc.array(valid(schema.items ?? {}, name), { minLength: minItems, maxLength });
    }
    case 'object':
      return object(schema);
    default:
      throw new Error(`The fuzz test knows no schema of type ${schema.type}, at ${name}`);
  }
}

/** What it doesn't take, or hardly: everything that is wrong in one place only. */
export function broken(schema: Schema, name: string): Json {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => broken(one, name)));
  return fc.oneof({ weight: 1, arbitrary: junk }, { weight: 2, arbitrary: misses(schema, name) });
}

function misses(schema: Schema, name: string): Json {
  const { minimum = 0, maximum = 0, minLength = 0, maxLength = 255 } = schema;
  switch (schema.type) {
    case 'integer':
      return fc.constantFrom(
        minimum - 1,
        maximum + 1,
        minimum + 0.5,
        -0,
        2 ** 53,
        -(2 ** 31),
        1e308,
        `${minimum}`,
      );
    case 'string':
      return fc.oneof(
        nasty,
        fc.constantFrom('y'.repeat(maxLength + 1), 'y'.repeat(Math.max(0, minLength - 1))),
      );
    case 'array':
      return brokenList(schema, name);
    case 'object':
      return brokenObject(schema);
    default:
      return junk;
  }
}

function integer({ minimum = 0, maximum = 2 ** 31 - 1 }: Schema): Json {
  return fc.oneof(fc.integer({ min: minimum, max: maximum }), fc.constantFrom(minimum, maximum));
}

function text(schema: Schema, name: string): fc.Arbitrary<string> {
  const fits = (word: string) => fitsIn(schema, word);
  const words = [...wordsFor(name), ...(schema.examples ?? []).map(String)].filter(fits);
  const nastyOnes = schema.format ? [] : NASTY.filter(fits);
  return fc.oneof(
    ...(words.length > 0 ? [{ weight: 8, arbitrary: fc.constantFrom(...words) }] : []),
    ...(nastyOnes.length > 0 ? [{ weight: 1, arbitrary: fc.constantFrom(...nastyOnes) }] : []),
    { weight: 1, arbitrary: anyText(schema) },
  );
}

function fitsIn({ minLength = 0, maxLength = 10_000, pattern }: Schema, word: string): boolean {
  if (word.length < minLength || word.length > maxLength) return false;
  return pattern === undefined || new RegExp(pattern, 'u').test(word);
}

function anyText({ minLength = 0, maxLength = 255, pattern, format }: Schema): fc.Arbitrary<string> {
  if (format === 'date-time') {
    return fc.oneof(
      fc.date({ min: YEAR_0, max: YEAR_9999, noInvalidDate: true }).map((at) => at.toISOString()),
      fc.constantFrom(
        '2026-11-22T12:00:00Z',
        '0000-01-01T00:00:00Z',
        '9999-12-31T23:59:60Z',
        '2026-11-22t12:00:00-23:59',
      ),
    );
  }
  if (pattern !== undefined) {
    return fc.stringMatching(new RegExp(pattern)).filter((word) => word.length <= maxLength);
  }
  return fc.oneof(
    fc.string({ minLength, maxLength: Math.min(maxLength, 20) }),
    fc.constant('z'.repeat(Math.min(maxLength, 2_000))),
  );
}
const YEAR_0 = new Date('0000-01-01T00:00:00Z');
const YEAR_9999 = new Date('9999-12-31T23:59:59Z');

function object({ properties = {}, required = [], additionalProperties }: Schema): fc.Arbitrary<Members> {
  const members = Object.entries(properties).map(([name, one]) => [name, valid(one, name)] as const);
  const some = (names: readonly string[], requiredKeys: readonly string[]) =>
    fc.record(Object.fromEntries(members.filter(([name]) => names.includes(name))), {
      requiredKeys: [...requiredKeys],
    });
  const names = Object.keys(properties);
  const optional = names.filter((name) => !required.includes(name));
  // Few at a time too, since what every member takes may not go together.
  const named = fc.oneof(
    some(names, required),
    some(required, required),
    ...optional.map((name) => some([...required, name], [...required, name])),
  );
  if (typeof additionalProperties !== 'object') return named;
  const member = fc.tuple(fc.constantFrom(...wordsFor('skillset')), valid(additionalProperties, ''));
  const others = fc.array(member, { maxLength: A_FEW });
  // Own members, whatever they are called.
  return fc.tuple(named, others).map(([one, more]) => ({ ...one, ...Object.fromEntries(more) }));
}

function brokenObject(schema: Schema): Json {
  const { properties = {}, required = [] } = schema;
  const whole = object(schema);
  const more = typeof schema.additionalProperties === 'object' ? { sales: schema.additionalProperties } : {};
  const inside = Object.entries({ ...properties, ...more }).map(([name, one]) =>
    fc.tuple(whole, broken(one, name)).map(([value, bad]) => ({ ...value, [name]: bad })),
  );
  return fc.oneof(
    ...inside,
    ...required.map((name) => whole.map(({ [name]: _, ...rest }) => rest)),
    // A computed `__proto__` is a member like any other.
    fc.tuple(whole, nasty, junk).map(([value, name, bad]) => ({ ...value, [name]: bad })),
  );
}

function brokenList({ items = {}, minItems = 0, maxItems = LONGEST_LIST }: Schema, name: string): Json {
  const item = valid(items, name);
  const few = fc.array(item, { maxLength: A_FEW });
  const tooMany = item.map((one) => Array.from({ length: maxItems + 1 }, () => one));
  return fc.oneof(
    { weight: 80, arbitrary: fc.tuple(few, broken(items, name)).map(([good, bad]) => [...good, bad]) },
    { weight: 20, arbitrary: item.map((one) => [one, one]) },
    { weight: 10, arbitrary: fc.constant(new Array(Math.max(0, minItems - 1)).fill(null)) },
    ...(maxItems <= LONGEST_LIST ? [{ weight: maxItems > 100 ? 1 : 10, arbitrary: tooMany }] : []),
  );
}

function nested(depth: number): unknown {
  let value: unknown = [];
  for (let i = 0; i < depth; i += 1) value = i % 2 ? [value] : { a: value };
  return value;
}

/** Of every type, so wrong for most schemas. */
const junk: Json = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom(null, true, false, '', [], {}, [[]], [null]) },
  { weight: 20, arbitrary: fc.constantFrom(0, -1, 1.5, 2 ** 31, 2 ** 53, 1e308, -1e308, 5e-324) },
  { weight: 30, arbitrary: nasty },
  { weight: 10, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  { weight: 10, arbitrary: nasty.map((name) => ({ [name]: { [name]: 1 } })) },
  { weight: 1, arbitrary: fc.constantFrom(nested(100), nested(1_000)) },
);
