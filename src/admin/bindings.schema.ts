import { type Static, Type } from 'typebox';
import { nullable, Time } from '../http/values.schema.js';

export const BindingsQuery = Type.Object({
  address: Type.String({ maxLength: 255, description: 'A SIP URI, such as sip:sales@cc.example.com.' }),
});

const Binding = Type.Object({
  role: Type.Enum(['contact_center', 'agent', 'treatment']),
  agent: nullable(Type.String()),
  contact: Type.String({ description: 'The SIP URI that a call is sent to.' }),
  q: Type.Number({ description: 'From 0 to 1; the highest is tried first.' }),
  expires: nullable(Type.Integer(), 'Seconds left; null: permanent.'),
  path: nullable(Type.String(), 'The Path vector (RFC 3327) that a call to it takes.'),
  received: nullable(Type.String(), 'Where its REGISTER really came from, when NAT was seen.'),
  instance: nullable(Type.String(), "The device's +sip.instance (RFC 5626)."),
  held: Type.Boolean({
    description: 'Whether registrars hold it: they hold as many agents as one call can try, the best ones.',
  }),
  held_since: nullable(
    Time,
    'When the phone should have registered again; it is held past that because the contact center is in bypass.',
  ),
  on_behalf: Type.Boolean({
    description:
      'Whether it was registered on behalf of the contact center, which was down and could not be asked.',
  }),
  because: Type.String({ description: 'Why it is where it is.' }),
});

export const BindingsDocument = Type.Object({
  address: Type.String({ description: 'In its one spelling.' }),
  contact_center: Type.String(),
  bindings: Type.Array(Binding, { description: 'In the order in which a call tries them.' }),
});
export type BindingsDocument = Static<typeof BindingsDocument>;
