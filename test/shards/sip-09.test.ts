import { runShard } from '../support/run-shard.js';

await runShard('sip', 9, 12);
