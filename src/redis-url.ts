/** Where the Redis is through which instances share what changes with every call. */
export interface RedisUrl {
  readonly kind: 'standalone' | 'sentinel' | 'cluster';
  /** One of a standalone Redis; else the Sentinels, or some of the Cluster. */
  readonly nodes: readonly RedisNode[];
  /** What the Sentinels call the master; of a standalone Redis or a Cluster empty. */
  readonly master: string;
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** What the Sentinels themselves ask for, if they do. */
  readonly sentinelPassword: string | undefined;
  readonly database: number;
}

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

const PORTS = { standalone: 6379, sentinel: 26379, cluster: 6379 } as const;
const URL_FORM =
  /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^@/?#]+)(?:\/([^/?#]*))?(?:\?sentinel_password=([^&?#]+))?$/;
const NODE_FORM = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/;

/** undefined when it is none of the three: `redis[s]://`, `redis[s]+sentinel://`, `redis[s]+cluster://`. */
export function parseRedisUrl(text: string): RedisUrl | undefined {
  const found = URL_FORM.exec(text);
  if (!found) return undefined;
  const [, s, form = 'standalone', login, hosts = '', path = '', sentinelLogin = ''] = found;
  const kind = form as RedisUrl['kind'];
  const nodes = hosts.split(',').map((host) => parseNode(host, PORTS[kind]));
  if (!nodes.every((node) => node !== undefined)) return undefined;
  if (kind === 'standalone' && nodes.length > 1) return undefined;
  const master = kind === 'sentinel' ? decoded(path) : '';
  const database = kind === 'standalone' && path !== '' ? Number(path) : 0;
  if (!Number.isInteger(database) || database < 0) return undefined;
  // A Cluster has one database; a Sentinel is asked for a name.
  if (kind === 'cluster' ? path !== '' : kind === 'sentinel' && !master) return undefined;
  const sentinelPassword = decoded(sentinelLogin);
  if (sentinelPassword === undefined || (sentinelPassword !== '' && kind !== 'sentinel')) return undefined;
  const passwords = parseLogin(login);
  return (
    passwords && {
      ...{ kind, nodes, master: master ?? '', tls: s === 's', database, ...passwords },
      sentinelPassword: sentinelPassword || undefined,
    }
  );
}

function parseNode(text: string, defaultPort: number): RedisNode | undefined {
  const [, host, port] = NODE_FORM.exec(text) ?? [];
  if (host === undefined) return undefined;
  const number = port === undefined ? defaultPort : Number(port);
  return number > 0 && number < 65_536 ? { host: host.replace(/^\[|\]$/g, ''), port: number } : undefined;
}

function parseLogin(login: string | undefined): Pick<RedisUrl, 'username' | 'password'> | undefined {
  if (login === undefined) return { username: undefined, password: undefined };
  const colon = login.indexOf(':');
  const username = decoded(colon === -1 ? login : login.slice(0, colon));
  const password = colon === -1 ? undefined : decoded(login.slice(colon + 1));
  if (username === undefined || (colon !== -1 && password === undefined)) return undefined;
  return { username: username || undefined, password };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
