import t from 'tap';
import { knowsItsEndpoints } from '../../support/restarted-service.js';
import { Scene } from '../../support/scene.js';

// B1 and invariant 7: the same without a Postgres server.
t.test('after a kill -9 the service knows every endpoint from its embedded Postgres', async (t) => {
  await knowsItsEndpoints(t, await Scene.open(t, { dataDir: t.testdir() }));
});
