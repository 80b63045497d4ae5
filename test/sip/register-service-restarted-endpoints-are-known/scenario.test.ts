import t from 'tap';
import { knowsItsEndpoints } from '../../support/restarted-service.js';
import { Scene } from '../../support/scene.js';

// B1 and invariant 7: what a phone was answered 200 for is in Postgres.
t.test('after a kill -9 the service knows every endpoint from Postgres', async (t) => {
  await knowsItsEndpoints(t, await Scene.open(t));
});
