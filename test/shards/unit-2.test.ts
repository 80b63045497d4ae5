import { runShard } from '../support/run-shard.js';

await runShard('unit', 2, 2);
