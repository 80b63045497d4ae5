import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';

const KAMAILIO = new URL('../../kamailio/', import.meta.url);

function scripts(): string[] {
  const all = readdirSync(KAMAILIO, { recursive: true }).map(String);
  return all
    .filter((name) => name.endsWith('.cfg'))
    .map((name) => readFileSync(new URL(name, KAMAILIO), 'utf8'));
}

/** Every table of module htable, with the comment above it. */
function tables() {
  return scripts().flatMap((text) =>
    [...text.matchAll(/((?:^# .*\n)*)^modparam\("htable", "htable", "(\w+)=>/gm)].map(
      ([, comment = '', name = '']) => ({
        name,
        says: comment.replaceAll(/\n# /g, ' '),
      }),
    ),
  );
}

// A table without a bound is memory that whoever sends us something can fill.
t.test('every table says what keeps it from filling the memory', async (t) => {
  const found = tables();
  t.ok(found.length > 15);
  for (const { name, says } of found) {
    t.match(says, /Key: \S.* By: \S.* Bound: \S.* Kept: \S/, name);
  }
});

t.test('every table that the script uses is declared, once, and none is left over', async (t) => {
  const used = new Set(
    scripts().flatMap((text) =>
      [...text.replaceAll(/^\s*#.*$/gm, '').matchAll(/\$sht(?:inc|dec)?\((\w+)=>/g)].map(
        (m) => m[1] as string,
      ),
    ),
  );
  const declared = tables().map(({ name }) => name);
  t.same([...declared].sort(), [...used].sort());
});
