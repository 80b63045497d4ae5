/**
 * DATABASE_URL may name several servers, in libpq's form: `postgres://user:password@host1:5432,host2:5433/database`. node-postgres
 * takes one, so each gets a URL of its own.
 */

/** Which of several servers is wanted; both mean the one that takes writes. */
const WANTED = ['read-write', 'primary'];

/** The URL of each server, in order; undefined where it isn't a URL of Postgres servers. */
export function serverUrls(databaseUrl: string): readonly string[] | undefined {
  const [, scheme = '', user = '', hosts = '', rest = ''] =
    /^(postgres(?:ql)?:\/\/)([^@/?#]*@)?([^@/?#]*)((?:[/?][^#]*)?)$/.exec(databaseUrl) ?? [];
  if (scheme === '') return undefined;
  const [path = '', query = ''] = rest.split('?', 2);
  const parameters = new URLSearchParams(query);
  if (!WANTED.includes(parameters.get('target_session_attrs') ?? 'primary')) return undefined;
  parameters.delete('target_session_attrs');
  const left = parameters.size > 0 ? `?${parameters}` : '';
  const several = hosts.includes(',');
  const urls = hosts.split(',').map((host) => `${scheme}${user}${host}${path}${left}`);
  const areUrls = urls.every((url) => URL.canParse(url) && !(several && new URL(url).host === ''));
  return areUrls ? urls : undefined;
}
