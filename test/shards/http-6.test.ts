import { runShard } from '../support/run-shard.js';

await runShard('http', 6, 6);
