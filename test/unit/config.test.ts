import t from 'tap';
import { ConfigError, loadConfig } from '../../src/config.js';

const DEFAULTS = {
  HOST: '127.0.0.1',
  PORT: 8080,
  DATA_DIR: './data',
  PERSONAL_DATA_DAYS: 30,
  LOG_LEVEL: 'info',
};

function linesOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.lines;
    throw error;
  }
  return [];
}

t.test('nothing set: the defaults, on loopback with the embedded Postgres', async (t) => {
  t.same(loadConfig({}), DEFAULTS);
  t.same(loadConfig({ PATH: '/bin', HOSTNAME: 'x' }), DEFAULTS, 'other variables are none of our business');
});

t.test('an empty setting counts as unset, as docker-compose passes what it was not given', async (t) => {
  t.same(loadConfig({ HOST: '', PORT: '', DATABASE_URL: '', REDIS_URL: '', LOG_LEVEL: '' }), DEFAULTS);
});

t.test('every setting is taken', async (t) => {
  const env = {
    HOST: '::1',
    PORT: '0',
    DATABASE_URL: 'postgresql://u:p@db:5432/understudy?sslmode=require',
    DATA_DIR: '/var/lib/understudy',
    TLS_CERT_FILE: '/etc/understudy/cert.pem',
    TLS_KEY_FILE: '/etc/understudy/key.pem',
    TLS_CLIENT_CA_FILE: '/etc/understudy/ca.pem',
    PERSONAL_DATA_DAYS: '7',
    LOG_LEVEL: 'warn',
  };
  t.same(loadConfig(env), { ...env, PORT: 0, PERSONAL_DATA_DAYS: 7 });
  t.equal(loadConfig({ DATABASE_URL: 'postgres:///db?host=/run/postgresql' }).DATABASE_URL?.length, 35);
});

t.test('each wrong setting gets one line that says what it must be', async (t) => {
  t.same(linesOf({ PORT: '70000', LOG_LEVEL: 'loud' }), [
    'PORT must be a whole number from 0 (any free port) to 65535, not 70000',
    'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent, not "loud"',
  ]);
  for (const PORT of ['-1', '80.5', '0x50', ' 80', '1e3', 'http', '99999999999999999999']) {
    t.match(linesOf({ PORT }), [/^PORT must be a whole number/], PORT);
  }
  t.match(linesOf({ HOST: 'a b' }), [/^HOST must be an IP address or a host name to listen on, not "a b"$/]);
  t.match(linesOf({ DATA_DIR: 'a\0b' }), [/^DATA_DIR must be /]);
});

t.test('a line break in a value does not make a second line', async (t) => {
  t.notMatch(linesOf({ LOG_LEVEL: 'a\nb' }).join(), /\n/);
});

t.test('a wrong DATABASE_URL is refused without showing its password', async (t) => {
  for (const DATABASE_URL of [
    'mysql://u:secret@h/db',
    'postgres://u:se#secret@h/db',
    'secret',
    'postgres:db',
  ]) {
    const lines = linesOf({ DATABASE_URL });
    t.match(lines, [/^DATABASE_URL must be a URL such as postgres:/], DATABASE_URL);
    t.notMatch(lines.join(), /secret/);
  }
});

t.test('REDIS_URL is one of a Redis, of Sentinels or of a Cluster, and never printed', async (t) => {
  const DATABASE_URL = 'postgres://localhost/understudy';
  for (const REDIS_URL of [
    'redis://localhost',
    'rediss://user:p%40ss@redis.example.com:6380/3',
    'redis://[::1]:6379',
    'redis+sentinel://:secret@10.0.0.1:26379,10.0.0.2/calls',
    'redis+sentinel://:secret@10.0.0.1,10.0.0.2/calls?sentinel_password=se%3Fcret',
    'redis+cluster://10.0.0.1:6379,10.0.0.2,10.0.0.3',
    'rediss+cluster://user:secret@10.0.0.1',
  ]) {
    t.same(loadConfig({ DATABASE_URL, REDIS_URL }).REDIS_URL, REDIS_URL);
  }
  for (const REDIS_URL of [
    'localhost',
    'http://:secret@localhost',
    'redis://:secret@a,b',
    'redis://:secret@a:70000',
    'redis://:secret@a/x',
    'redis://:secret%@a',
    'redis+sentinel://:secret@a:26379',
    'redis+sentinel://a:26379/calls?sentinel_password=',
    'redis+sentinel://a:26379/calls?password=secret',
    'redis+cluster://:secret@a:6379/1',
    'redis://:secret@a?sentinel_password=secret',
  ]) {
    const lines = linesOf({ DATABASE_URL, REDIS_URL });
    t.match(lines, [/^REDIS_URL must be a URL such as /], REDIS_URL);
    t.notMatch(lines.join(), 'secret');
  }
});

t.test('instances that share live state share one Postgres', async (t) => {
  t.match(linesOf({ REDIS_URL: 'redis://localhost' }), [/^REDIS_URL needs DATABASE_URL/]);
});

t.test(
  'an unknown UNDERSTUDY_ variable is refused, but not what Kubernetes sets beside a service',
  async (t) => {
    t.same(linesOf({ UNDERSTUDY_PROT: '80', UNDERSTUDY_DATABASE_URL: 'x' }), [
      'UNDERSTUDY_DATABASE_URL is not a setting of this version',
      'UNDERSTUDY_PROT is not a setting of this version',
    ]);
    const links = {
      UNDERSTUDY_SERVICE_HOST: '10.0.0.1',
      UNDERSTUDY_SERVICE_PORT: '8080',
      UNDERSTUDY_SERVICE_PORT_HTTP: '8080',
      UNDERSTUDY_PORT: 'tcp://10.0.0.1:8080',
      UNDERSTUDY_PORT_8080_TCP_ADDR: '10.0.0.1',
    };
    t.same(loadConfig(links), DEFAULTS);
  },
);
