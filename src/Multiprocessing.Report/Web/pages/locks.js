import { badge, h, note, panel, Table } from '../dom.js';
import { count, words } from '../format.js';

export const locks = {
  id: 'locks',
  title: 'Locks',
  count: store => store.snapshot.locks.length,
  create(store) {
    const table = new Table('Locks, semaphores, events, conditions and barriers', [
      { title: 'Object', value: lock => lock.name ?? `${words(lock.kind)} ${lock.id}` },
      { title: 'Kind', value: lock => words(lock.kind) },
      { title: 'State', value: lock => state(lock), key: lock => `${lock.kind}${lock.ownerProcessId}${lock.waiterCount}${lock.count}` },
      { title: 'Held by', value: lock => lock.ownerProcessId ? store.processName(lock.ownerProcessId) : '–' },
      { title: 'Waiters', value: lock => count(lock.waiterCount), number: true, hint: 'Threads that wait' },
      { title: 'Count', value: lock => count(lock.count), number: true, wide: true, hint: 'Free entries of a semaphore, readers of a reader-writer lock, arrived participants of a barrier' },
      { title: 'Waiting', value: lock => (lock.waitingProcessIds ?? []).map(id => store.processName(id)).join(', '), wide: true, class: 'prose' },
      { title: 'Contended', value: lock => count(lock.contentionCount), number: true, wide: true, hint: 'How often an entry had to wait' },
      { title: 'Abandoned', value: lock => count(lock.abandonmentCount), number: true, wide: true, hint: 'How often an owner died while it held the lock' },
      { title: 'Used by', value: lock => (lock.holderProcessIds ?? []).join(', '), wide: true, class: 'prose', hint: 'Ids of the processes that hold the object' },
    ], { key: lock => lock.id, empty: 'The program has no lock, semaphore, event, condition or barrier.', rowClass: lock => lock.ownerProcessId && lock.waiterCount ? 'warning-row' : '' });
    return {
      element: h('div', {}, panel('Locks, semaphores, events, conditions, barriers', note('Locks that processes wait for stand first.'), table.element)),
      update() {
        table.update([...store.snapshot.locks].sort((a, b) => weight(b) - weight(a) || a.id.localeCompare(b.id, 'en', { numeric: true })));
      },
    };
  },
};

function weight(lock) {
  return (lock.ownerProcessId ? 1000 : 0) * (lock.waiterCount ?? 0) + (lock.ownerProcessId ? 1 : 0);
}

function state(lock) {
  if (lock.ownerProcessId && lock.waiterCount) return badge('waited for', 'warning');
  if (lock.ownerProcessId) return badge('held', 'good');
  if (lock.waiterCount) return badge('waiting');
  return badge('free');
}
