import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';

const ROOT = join(import.meta.dirname, '../..');
const json = (name: string) => JSON.parse(readFileSync(join(ROOT, name), 'utf8'));

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
}

const { '': _root, ...installed }: Record<string, Locked> = json('package-lock.json').packages;
const nameOf = (path: string) => path.replace(/^.*node_modules\//, '');

t.test('every dependency is one exact version, and known by its hash', async (t) => {
  const { dependencies, devDependencies, overrides } = json('package.json');
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...overrides })) {
    t.match(version, /^\d+\.\d+\.\d+$/, name);
  }
  const unhashed = Object.entries(installed).filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? ''));
  t.same(unhashed, []);
  const addressed = Object.entries(installed).filter(([, { resolved }]) => resolved !== undefined);
  t.same(addressed, [], 'no address of a registry is written down');
});

t.test('npm run sbom lists what the image has, and nothing else', async (t) => {
  const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'sbom'], {
    cwd: ROOT,
    maxBuffer: 10_000_000,
  });
  const bom = JSON.parse(stdout);
  t.equal(bom.bomFormat, 'CycloneDX');
  const listed: { name: string; version: string; hashes?: unknown[] }[] = bom.components;
  for (const { name, hashes } of listed) t.ok(hashes?.length, `${name} has a hash`);
  const wanted = Object.entries(installed).filter(([, { dev }]) => !dev);
  const names = (all: Iterable<string>) => [...new Set(all)].sort();
  t.same(
    names(listed.map(({ name, version }) => `${name}@${version}`)),
    names(wanted.map(([path, { version }]) => `${nameOf(path)}@${version}`)),
  );
});
