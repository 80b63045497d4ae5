import fc from 'fast-check';
import t from 'tap';
import { JsonBounds } from '../../src/http/json-bounds.js';

const BOUNDS = { depth: 3, values: 1_000 };

function faultIn(text: string, bounds = BOUNDS, chunk = text.length): string | undefined {
  const bytes = Buffer.from(text);
  const checked = new JsonBounds(bounds);
  for (let i = 0; i < bytes.length; i += chunk) {
    const fault = checked.fault(bytes.subarray(i, i + chunk));
    if (fault !== undefined) return fault;
  }
  return undefined;
}

t.test('depth', async (t) => {
  t.equal(faultIn('[[[]]]'), undefined);
  t.equal(faultIn('[[],[[]],[[]]]'), undefined);
  t.equal(faultIn('{"a":{"b":[1]}}'), undefined);
  t.match(faultIn('{"a":{"b":[{}]}}'), /deep/);
  t.match(faultIn('[[[['), /deep/, 'also when the rest is yet to come');
});

t.test('how many values', async (t) => {
  t.equal(faultIn(`[${'1,'.repeat(998)}1]`), undefined);
  t.match(faultIn(`[${'1,'.repeat(1_000)}1]`), /values/);
  t.match(faultIn(`{${'"a":0,'.repeat(1_000)}"a":0}`), /values/, 'a name that is given again counts');
});

t.test('what texts hold counts for nothing, wherever the chunks end', async (t) => {
  const texts = ['[[[[', '\\', '"', '\\"[[[[', '{"a":', ',,,,', 'ü😀'];
  for (const text of texts) {
    const json = JSON.stringify([text, text, { [text]: text }]);
    for (const chunk of [1, 2, 3, 7, 1_000])
      t.equal(faultIn(json, BOUNDS, chunk), undefined, `${json} ${chunk}`);
  }
});

t.test('of any JSON the depth is what its parser would find', async (t) => {
  const depthOf = (value: unknown): number =>
    typeof value !== 'object' || value === null
      ? 0
      : 1 + Math.max(0, ...Object.values(value).map((member) => depthOf(member)));
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.integer({ min: 1, max: 9 }), (json, chunk) => {
      const depth = depthOf(JSON.parse(json));
      const within = (limit: number) =>
        faultIn(json, { depth: limit, values: 1_000_000 }, chunk) === undefined;
      return within(depth) && (depth === 0 || !within(depth - 1));
    }),
  );
  t.pass('held');
});
