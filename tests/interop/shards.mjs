// The interop tests in two shards, which run at once, each in a network of its own (scripts/interop.mjs). They mostly wait: for
// packets, for timers, for servers that start.
//
// The first has the tests that change the line, load a page anew or trickle. They hold times to limits, and one after the other
// none of them disturbs another. It has the page in Firefox too, so that both take as long. The second has what the first has
// not, so that no test is in both or in none.
const first = ['between', 'reload', 'roaming', 'roaming-asterisk', 'softphone', 'trickle'].map(
  (name) => `${name}.spec.mjs`,
);

/** Whether shard `1` or `2` has a file; without a shard all are in. */
export const has = (shard, file) => !shard || first.includes(file) === (shard === '1');
