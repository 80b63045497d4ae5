import { runShard } from '../support/run-shard.js';

await runShard('sip', 10, 12);
