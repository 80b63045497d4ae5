import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import t from 'tap';

const ROOT = new URL('../../', import.meta.url).pathname;

t.test('docker-compose accepts docker-compose.yml', async (t) => {
  const { stdout } = await promisify(execFile)('docker-compose', ['config'], { cwd: ROOT });
  for (const service of ['understudy', 'postgres', 'redis', 'registrar']) {
    t.match(stdout, new RegExp(`^  ${service}:$`, 'm'));
  }
  for (const service of ['understudy', 'registrar']) {
    const [, settings] = new RegExp(`^  ${service}:\\n((?:    .*\\n)+)`, 'm').exec(stdout) ?? [];
    t.match(settings, /^ {4}cap_drop:\n {4}- ALL$/m);
    t.match(settings, /^ {4}read_only: true$/m);
    t.match(settings, /^ {4}security_opt:\n {4}- no-new-privileges:true$/m);
  }
});
