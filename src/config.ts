import Type, { type Static, type TSchema } from 'typebox';
import Value from 'typebox/value';
import { serverUrls } from './database-url.js';
import { parseRedisUrl } from './redis-url.js';

function File(what: string) {
  return Type.String({ pattern: '^[^\\0]+$', description: `the file that holds ${what}` });
}

/**
 * Every setting there is: the only description of them and, in `loadConfig`, the only reader of the environment. A
 * setting that is empty counts as unset, because docker-compose passes `${NAME:-}` that way.
 */
const SETTINGS = Type.Object({
  HOST: Type.String({
    default: '127.0.0.1',
    pattern: '^[A-Za-z0-9:._%-]{1,253}$',
    description: 'an IP address or a host name to listen on',
  }),
  PORT: Type.Integer({
    default: 8080,
    minimum: 0,
    maximum: 65_535,
    description: 'a whole number from 0 (any free port) to 65535',
  }),
  DATABASE_URL: Type.Optional(
    Type.String({
      pattern: '^postgres(ql)?://',
      description:
        'a URL such as postgres://user:password@host:5432/database, special characters %-encoded; of several servers (host1:5432,host2:5432) the one that takes writes is used',
    }),
  ),
  REDIS_URL: Type.Optional(
    Type.String({
      description:
        'a URL such as redis://:password@host:6379, redis+sentinel://host1:26379,host2:26379/name or ' +
        'redis+cluster://host1:6379,host2:6379 (rediss: by TLS), special characters %-encoded',
    }),
  ),
  DATA_DIR: Type.String({
    default: './data',
    pattern: '^[^\\0]+$',
    description: 'the directory of the embedded Postgres, which serves when DATABASE_URL is unset',
  }),
  TLS_CERT_FILE: Type.Optional(File("the service's certificate, and those of its authorities, in PEM")),
  TLS_KEY_FILE: Type.Optional(File("the certificate's private key in PEM")),
  TLS_CLIENT_CA_FILE: Type.Optional(File('the authority in PEM that issues certificates to nodes')),
  PERSONAL_DATA_DAYS: Type.Integer({
    default: 30,
    minimum: 0,
    maximum: 30,
    description: 'a whole number from 0 (what tells callers apart is not kept at all) to 30',
  }),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'one of fatal, error, warn, info, debug, trace, silent',
  }),
});

export type Config = Static<typeof SETTINGS>;

/** What is wrong with the settings, one line each. */
export class ConfigError extends Error {
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}

export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const lines = [...unknownSettings(env)];
  const config: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(SETTINGS.properties)) {
    const value = readSetting(schema, env[name]);
    if (value === undefined) continue;
    config[name] = value;
    if (!Value.Check(schema, value) || URLS[name]?.(String(value)) === false) {
      // The value of a URL is left out of the line: it holds a password.
      const found = name in URLS ? '' : `, not ${JSON.stringify(value)}`;
      lines.push(`${name} must be ${describe(schema)}${found}`);
    }
  }
  if (config.REDIS_URL !== undefined && config.DATABASE_URL === undefined) {
    lines.push('REDIS_URL needs DATABASE_URL: instances that share live state share one Postgres');
  }
  lines.push(...incomplete(env));
  if (lines.length > 0) throw new ConfigError(lines);

  return Value.Parse(SETTINGS, config);
}

/** The settings that are URLs, and whether a text is one. */
const URLS: Readonly<Record<string, (text: string) => boolean>> = {
  DATABASE_URL: (text) => Boolean(serverUrls(text)),
  REDIS_URL: (text) => parseRedisUrl(text) !== undefined,
};

/** Settings that say nothing without each other. */
function* incomplete({
  TLS_CERT_FILE,
  TLS_KEY_FILE,
  TLS_CLIENT_CA_FILE,
}: NodeJS.ProcessEnv): Generator<string> {
  if (TLS_CERT_FILE && !TLS_KEY_FILE) yield 'TLS_KEY_FILE must be set together with TLS_CERT_FILE';
  if (TLS_KEY_FILE && !TLS_CERT_FILE) yield 'TLS_CERT_FILE must be set together with TLS_KEY_FILE';
  if (TLS_CLIENT_CA_FILE && !TLS_CERT_FILE && !TLS_KEY_FILE) {
    yield 'TLS_CLIENT_CA_FILE needs TLS_CERT_FILE and TLS_KEY_FILE';
  }
}

function readSetting(schema: TSchema, text: string | undefined): unknown {
  if (text === undefined || text === '') return 'default' in schema ? schema.default : undefined;
  return Type.IsInteger(schema) && /^\d{1,9}$/.test(text) ? Number(text) : text;
}

function describe(schema: TSchema): string {
  return 'description' in schema ? String(schema.description) : 'well-formed';
}

function* unknownSettings(env: NodeJS.ProcessEnv): Generator<string> {
  // Kubernetes and Docker links set these in every container beside a service that is called `understudy`.
  const links = /^UNDERSTUDY_(SERVICE_(HOST|PORT)|PORT$|PORT_|NAME$|ENV_)/;
  for (const name of Object.keys(env).sort()) {
    if (name.startsWith('UNDERSTUDY_') && !links.test(name)) yield `${name} is not a setting of this version`;
  }
}
