import { runShard } from '../support/run-shard.js';

await runShard('unit', 1, 2);
