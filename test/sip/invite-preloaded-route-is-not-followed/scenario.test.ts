import t from 'tap';
import { DOMAIN, Scene } from '../../support/scene.js';
import { call, header } from '../../support/sipp.js';

// Invariant 4: a caller says whom it calls, not by which way; but a phone whose outbound proxy we are may call.
t.test('a caller who preloads a Route is routed like any other', async (t) => {
  const scene = await Scene.open(t, { edge: true });
  const contactCenter = await scene.contactCenter({ answer: 10 });
  const elsewhere = await scene.silent(scene.treatmentPort);

  for (const target of [scene.callTarget, scene.registerTarget]) {
    for (const route of [`sip:${target};lr`, `sip:127.0.0.1:${elsewhere.port};lr`]) {
      const { status, answeredBy } = await call(target, `sip:sales@${DOMAIN}`, {
        extra: `Route: <${route}>`,
      });
      t.equal(status, 200);
      t.equal(answeredBy, 'contact-center', `${route} at ${target}`);
    }
  }

  const invites = contactCenter.messages().filter(({ kind }) => kind === 'INVITE');
  t.same(
    invites.map((invite) => header(invite, 'Route')),
    [undefined, undefined, undefined, undefined],
  );
  t.equal(elsewhere.received(), 0);
  t.same(scene.registrar.warnings(), []);
  t.same(scene.edge?.warnings(), []);
});
