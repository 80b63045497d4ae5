import t from 'tap';
import { BodyBudget } from '../../src/plugins/body-budget.js';

t.test('of one key and of all; what is given back can be taken again', async (t) => {
  const budget = new BodyBudget({ each: 10, all: 15 });
  const first = budget.take('a', 6);
  t.ok(first);
  t.equal(budget.take('a', 5), undefined, 'one key has its share');
  t.ok(budget.take('b', 9), 'and another one its own');
  t.equal(budget.take('c', 1), undefined, 'all of it is taken');
  first?.();
  t.ok(budget.take('c', 6));
});
