import { runShard } from '../support/run-shard.js';

await runShard('http', 2, 6);
