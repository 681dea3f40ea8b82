// Sums over pools.

export function totals(store) {
  const sum = { pending: 0, running: 0, succeeded: 0, failed: 0, rate: 0 };
  for (const pool of store.snapshot.pools) {
    sum.pending += pool.pending;
    sum.running += pool.running;
    sum.succeeded += pool.succeeded;
    sum.failed += pool.failed;
  }
  // Of five seconds: of long tasks, most seconds have none that ends.
  const recent = store.points.slice(-5);
  if (recent.length) sum.rate = recent.reduce((n, point) => n + point.pools.reduce((m, pool) => m + pool[1] + pool[2], 0), 0) / recent.length;
  return sum;
}

// The lines of succeeded and failed tasks per second, of one pool or of all.
export function throughput(store, id) {
  const of = index => store.points.map(point => {
    const pools = id === undefined ? point.pools : point.pools.filter(pool => pool[0] === id);
    return pools.length ? pools.reduce((n, pool) => n + pool[index], 0) : null;
  });
  return [store.points.map(point => point.t), [
    { label: 'succeeded', values: of(1), color: 'good' },
    { label: 'failed', values: of(2), color: 'bad' },
  ]];
}
