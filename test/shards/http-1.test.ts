import { runShard } from '../support/run-shard.js';

await runShard('http', 1, 6);
