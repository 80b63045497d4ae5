import { runShard } from '../support/run-shard.js';

await runShard('http', 4, 6);
