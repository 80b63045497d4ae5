import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';

const KAMAILIO = new URL('../../kamailio/', import.meta.url);
// Kamailio's core calls these, not the script.
const CALLED_BY_CORE = /^(request_route|event_route\[)/;
const SITE_ROUTES = ['UNDERSTUDY_NOT_OUR_REGISTER', 'UNDERSTUDY_NOT_OUR_CALL'];

function files(folder: string): string[] {
  return readdirSync(new URL(folder, KAMAILIO), {
    withFileTypes: true,
  }).flatMap((entry) => {
    if (entry.isDirectory()) return files(`${folder}${entry.name}/`);
    return entry.name.endsWith('.cfg') ? [`${folder}${entry.name}`] : [];
  });
}

function read(file: string): string {
  return readFileSync(new URL(file, KAMAILIO), 'utf8');
}

/** The routes that a script defines and those that it names: `kamailio -c` doesn't compare them. */
function routes(names: readonly string[]) {
  const text = names
    .map(read)
    .join('\n')
    .replaceAll(/^\s*#[^!].*$/gm, '');
  const all = (pattern: RegExp) => [...text.matchAll(pattern)].map((m) => m[1] as string);
  return {
    defined: new Set(all(/^\s*(?:failure_|branch_|onreply_)?route\[(\w+)\]/gm)),
    named: new Set([
      ...all(/\broute\((\w+)\)/g),
      // "0" takes a handler off again
      ...all(/\bt_on_(?:failure|branch|reply)\("(?!0")(\w+)"\)/g),
      ...all(/\$var\(then\) = "(\w+)"/g),
      ...all(/\broute=(\w+)"/g),
    ]),
  };
}

t.test('every route that the script names exists, and none is left over', async (t) => {
  const shared = files('').filter((file) => file !== 'registrar.cfg' && file !== 'edge.cfg');
  const unused: string[][] = [];
  for (const role of ['registrar.cfg', 'edge.cfg']) {
    const { defined, named } = routes([...shared, role]);
    t.strictSame(
      [...named].filter((name) => !defined.has(name)),
      [],
      `${role}: named but not defined`,
    );
    unused.push([...defined].filter((name) => !named.has(name)));
  }
  // an edge has no use for what only a registrar does, and the other way round
  t.strictSame(
    unused[0]?.filter((name) => unused[1]?.includes(name)),
    [],
    'defined but named in no role',
  );
});

t.test('the drop-in part asks of a site only the two routes that the README names', async (t) => {
  const { defined, named } = routes(files('understudy/'));
  t.strictSame([...named].filter((name) => !defined.has(name)).sort(), [...SITE_ROUTES].sort());
});

// What stands there without quotes is read a second time by the function, so that a pseudo-variable in its value is expanded:
// whoever registers or calls could read the script's settings.
t.test('no function is given a pseudo-variable without quotes', async (t) => {
  for (const file of files('')) {
    const text = read(file).replaceAll(/^\s*#[^!].*$/gm, '');
    const given = [
      ...text.matchAll(/(?<![$\w(])\b(\w+)\((?:"(?:[^"\\]|\\.)*"\s*,\s*|[\w.]+\s*,\s*)*\$[^()]*\(?/g),
    ];
    const calls = given.filter(([, name = '']) => !['if', 'while', 'switch'].includes(name));
    t.strictSame(calls.map(String), [], file);
  }
});

// http_async_client logs an error when its answer is read anywhere but in its own processes, which run the routes that are named to a
// query alone.
t.test('what became of a query is read only where it is heard', async (t) => {
  const bodies = routeBodies();
  const named = (body: string) => [...body.matchAll(/\broute\((\w+)\)/g)].map((m) => m[1] as string);
  const heard = new Set([...bodies.values()].flatMap((body) => callbacks(body)));
  const called = new Set([...bodies.values()].flatMap(named));
  // what the core calls, a timer or a site: everything that nobody calls, and no query
  const elsewhere = [...bodies.keys()].filter((name) => !called.has(name) && !heard.has(name));
  for (let i = 0; i < elsewhere.length; i++) {
    for (const name of named(bodies.get(elsewhere[i] as string) ?? '')) {
      if (!elsewhere.includes(name)) elsewhere.push(name);
    }
  }
  t.ok(heard.size > 5, [...heard].join());
  t.strictSame(
    elsewhere.filter((name) => /\$http_(?!req)\w+/.test(bodies.get(name) ?? '')),
    [],
  );
});

/** The routes that a query names to be run with its answer. */
function callbacks(body: string): string[] {
  return [...body.matchAll(/\$var\(then\) = "(\w+)"/g)].map((m) => m[1] as string);
}

/** What stands in each route of any kind and file, by its name. */
function routeBodies(): Map<string, string> {
  const text = files('')
    .map(read)
    .join('\n')
    .replaceAll(/^\s*#[^!].*$/gm, '');
  const found = text.matchAll(/^(?:\w+_)?route(?:\[([\w:]+)\])? \{\n([\s\S]*?)^\}/gm);
  return new Map([...found].map(([all, name, body = '']) => [name ?? all, body]));
}

t.test('routes are short, and each opens with a line that says what it does', async (t) => {
  for (const file of files('')) {
    const lines = read(file).split('\n');
    lines.forEach((line, i) => {
      const name = /^(?:\w+_)?route(?:\[.*\])? \{/.test(line) ? line : undefined;
      if (name === undefined) return;
      const length = lines.slice(i).indexOf('}');
      t.ok(length <= 42, `${file}: ${name} has ${length} lines`);
      if (!CALLED_BY_CORE.test(line) && !/^(branch|onreply|failure)_/.test(line)) {
        t.match(lines[i - 1], /^# /, `${file}: ${name} is explained`);
      }
    });
  }
});

t.test('the maps of both roles read as tables of contents', async (t) => {
  for (const role of ['registrar.cfg', 'edge.cfg']) t.ok(read(role).split('\n').length < 60, role);
});
