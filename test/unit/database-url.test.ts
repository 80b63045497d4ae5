import t from 'tap';
import { serverUrls } from '../../src/database-url.js';

t.test('one server is as it stands', async (t) => {
  for (const url of [
    'postgres://u:p%40@db:5432/understudy?sslmode=require',
    'postgresql://db',
    'postgres:///db?host=%2Frun%2Fpostgresql',
    'postgres://u@[::1]:5432/db',
  ])
    t.same(serverUrls(url), [url]);
});

t.test('several servers: one URL each, without what only libpq understands', async (t) => {
  t.same(
    serverUrls(
      'postgres://u:p@h1:5432,[2001:db8::2]:5433,h3/db?sslmode=require&target_session_attrs=read-write',
    ),
    [
      'postgres://u:p@h1:5432/db?sslmode=require',
      'postgres://u:p@[2001:db8::2]:5433/db?sslmode=require',
      'postgres://u:p@h3/db?sslmode=require',
    ],
  );
  t.same(serverUrls('postgres://a,b?target_session_attrs=primary'), ['postgres://a', 'postgres://b']);
  t.same(serverUrls('postgres://u:p,q@a,b/db'), ['postgres://u:p,q@a/db', 'postgres://u:p,q@b/db']);
});

t.test('what is none', async (t) => {
  for (const url of [
    'mysql://u:p@h/db',
    'postgres://u:p@h1:5432,h2:port/db',
    'postgres://u:p@h1,,h2/db',
    'postgres://u:p@h1,/db',
    'postgres://u:se#cret@h/db',
    'postgres://u:se@cret@h/db',
    'postgres://h1,h2/db?target_session_attrs=standby',
    'postgres://h1,h2/db?target_session_attrs=any',
    'postgres:db',
    '',
  ])
    t.equal(serverUrls(url), undefined, url);
});
