import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '../..');
const MAX_LINES = 300;

/** From what may import everything below it to what may import nothing: one line is one layer. */
const LAYERS: readonly (readonly string[])[] = [
  ['main.ts', 'cli', 'plugins/write-openapi.ts'],
  ['app.ts'],
  ['sharing.ts'],
  ['load.ts'],
  ['parts.ts'],
  ['plugins'],
  ['register', 'invite', 'outcome', 'admin', 'health', 'changes', 'metrics'],
  ['access'],
  ['live', 'kamailio', 'directory', 'store', 'share'],
  ['errors.ts', 'config.ts', 'http'],
  ['database-url.ts', 'redis-url.ts', 'at-most.ts', 'thread-loader.ts'],
  ['sip'],
];
const JOURNEYS = ['register', 'invite', 'outcome', 'admin', 'health', 'changes', 'metrics'];
const PURE_IN = [
  'access',
  'register',
  'invite',
  'outcome',
  'health',
  'changes',
  'metrics',
  'live',
  'sip',
  'directory',
  'http',
];
const DRIVERS = /^(?:fastify|@fastify|pg|redis)(?:\/|$)/;

interface Source {
  /** Relative to `src`. */
  readonly path: string;
  readonly lines: number;
  /** Paths relative to `src` for our own files, names of packages otherwise. */
  readonly imports: readonly string[];
  readonly readsEnvironment: boolean;
}

function read(path: string): Source {
  const text = readFileSync(join(ROOT, 'src', path), 'utf8');
  const imports = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => {
    if (!fileName.startsWith('.')) return fileName;
    return join(dirname(path), fileName).replace(/\.js$/, '.ts');
  });
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  return {
    path,
    lines: text.trimEnd().split('\n').length,
    imports,
    readsEnvironment: readsEnvironment(tree),
  };
}

/** `process.env`, `process['env']`, `{ env } = process` or an import of node:process: `env` beside `process`. */
function readsEnvironment(tree: ts.SourceFile): boolean {
  let found = false;
  const visit = (node: ts.Node): void => {
    const text = node.getText(tree);
    if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
      found ||= /^(?:globalThis\.)?process\??\.?(?:env|\[['"`]env['"`]\])$/.test(text);
    } else if (ts.isVariableDeclaration(node) && ts.isObjectBindingPattern(node.name)) {
      found ||= node.initializer?.getText(tree) === 'process' && /\benv\b/.test(node.name.getText(tree));
    } else if (ts.isImportDeclaration(node)) {
      found ||= /\benv\b.*['"](?:node:)?process['"]/s.test(text);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

const folderOf = (path: string) => path.split('/')[0] ?? path;
const isOurs = (name: string) => name.endsWith('.ts');

function layerOf(path: string): number {
  const exact = LAYERS.findIndex((layer) => layer.includes(path));
  return exact === -1 ? LAYERS.findIndex((layer) => layer.includes(folderOf(path))) : exact;
}

const sources = readdirSync(join(ROOT, 'src'), { encoding: 'utf8', recursive: true })
  .filter(isOurs)
  .sort()
  .map(read);

function imports(
  from: (source: Source) => boolean,
  breaks: (source: Source, name: string) => boolean,
): string[] {
  return sources
    .filter(from)
    .flatMap((source) =>
      source.imports.filter((name) => breaks(source, name)).map((name) => `${source.path} imports ${name}`),
    );
}

t.test('the sources are found', async (t) => {
  t.ok(sources.length > 0);
  t.ok(sources.some(({ imports }) => imports.some(isOurs)));
});

t.test('every file has a layer', async (t) => {
  t.same(
    sources.map(({ path }) => path).filter((path) => layerOf(path) === -1),
    [],
  );
});

t.test(
  'imports go down: main, app, journeys, state and store, errors and what the journeys share of HTTP, sip',
  async (t) => {
    const upwards = imports(
      () => true,
      ({ path }, name) => isOurs(name) && layerOf(name) < layerOf(path),
    );
    t.same(upwards, []);
  },
);

t.test('journeys do not import each other', async (t) => {
  const across = imports(
    ({ path }) => JOURNEYS.includes(folderOf(path)),
    ({ path }, name) =>
      isOurs(name) && JOURNEYS.includes(folderOf(name)) && folderOf(name) !== folderOf(path),
  );
  t.same(across, []);
});

t.test('sip imports nothing from outside sip', async (t) => {
  const outside = imports(
    ({ path }) => folderOf(path) === 'sip',
    (_source, name) => !isOurs(name) || folderOf(name) !== 'sip',
  );
  t.same(outside, []);
});

t.test('a file without a suffix is pure: neither fastify nor pg', async (t) => {
  const impure = imports(
    ({ path }) => PURE_IN.includes(folderOf(path)) && !/\.(?:route|sql|schema)\.ts$/.test(path),
    (_source, name) => DRIVERS.test(name),
  );
  t.same(impure, []);
});

t.test('only config.ts reads the environment', async (t) => {
  const readers = sources.filter(({ readsEnvironment }) => readsEnvironment).map(({ path }) => path);
  t.same(
    readers.filter((path) => path !== 'config.ts'),
    [],
  );
});

t.test(`no file is longer than ${MAX_LINES} lines`, async (t) => {
  t.same(
    sources.filter(({ lines }) => lines > MAX_LINES).map(({ path, lines }) => `${path}: ${lines}`),
    [],
  );
});
