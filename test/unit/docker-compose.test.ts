import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import t from 'tap';

const ROOT = new URL('../../', import.meta.url).pathname;

t.test('docker-compose accepts docker-compose.yml', async (t) => {
  const { stdout } = await promisify(execFile)('docker-compose', ['config'], { cwd: ROOT });
  for (const service of ['understudy', 'postgres', 'redis', 'registrar']) {
    t.match(stdout, new RegExp(`^  ${service}:$`, 'm'));
  }
});
