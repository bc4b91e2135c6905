// The interop tests in shards, which run at once, each in a network of its own (scripts/interop.mjs). They mostly wait: for
// packets, for timers, for servers that start.
//
// The first shard has the tests that change the line, load a page anew or trickle. They hold times to limits, and one after the
// other none of them disturbs another. The second has most of what Asterisk does. The last has every file that the others do not
// name, so that no test is in two or in none.
const named = [
  ['reload', 'roaming', 'roaming-asterisk', 'trickle'],
  ['asterisk', 'asterisk-settings', 'credentials', 'identity', 'interop', 'reliable'],
].map((files) => files.map((file) => `${file}.spec.mjs`));

/** The names of the shards; the first is the one that holds times to limits. */
export const shards = [...named, []].map((files, index) => String(index + 1));

const shardOf = (file) => shards[named.findIndex((files) => files.includes(file))] ?? shards.at(-1);

/** Whether a shard has a file; without a shard (`''`) all are in. */
export const has = (shard, file) => !shard || shardOf(file) === shard;
