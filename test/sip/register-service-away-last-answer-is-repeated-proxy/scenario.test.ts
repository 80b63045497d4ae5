import t from 'tap';
import { lastAnswerIsRepeated } from '../../support/last-answer-is-repeated.js';

// B10 and invariant 1: whatever the service does, a phone that refreshes gets its 200, and each of its bindings lives on.
t.test('at the registrar itself, proxy: the last answer is repeated on every address', (t) =>
  lastAnswerIsRepeated(t, { mode: 'proxy' }),
);
