import { badge, breakable, h, note, panel, Table } from '../dom.js';
import { count, plural, some, words } from '../format.js';

export const locks = {
  id: 'locks',
  title: 'Locks',
  count: store => store.snapshot.locks.length,
  create(store) {
    const table = new Table('Locks, semaphores, events, conditions and barriers', [
      { title: 'Object', value: lock => name(lock), key: lock => lock.label, class: 'wrap' },
      { title: 'Kind', value: lock => words(lock.kind), wide: true },
      { title: 'State', value: lock => state(lock), key: lock => `${lock.kind}${lock.ownerProcessId}${lock.waiterCount}${lock.count}` },
      { title: 'Held by', value: lock => lock.ownerProcessId ? store.processName(lock.ownerProcessId) : '–', class: 'wrap' },
      { title: 'Waiting', value: lock => waiters(store, lock), class: 'wrap' },
      { title: 'Waits', value: lock => count(lock.contentionCount), number: true, wide: true },
      { title: 'Taken over', value: lock => takesOver(lock) ? count(lock.abandonmentCount) : '–', number: true, wide: true },
      { title: 'Used by', value: lock => some(lock.holderProcessIds), wide: true, class: 'wrap' },
    ], { key: lock => lock.id, empty: 'The program has no lock, semaphore, event, condition or barrier.', rowClass: lock => lock.ownerProcessId && lock.waiterCount ? 'warning-row' : '' });
    const legend = note('The locks that are held while others wait for them come first. Waits counts how often a thread had to sleep until it could go on; Taken over, how often an owner died while it held the lock.');
    return {
      element: h('div', {}, panel('Locks, semaphores, events, conditions, barriers', legend, table.element)),
      update() {
        legend.hidden = store.snapshot.locks.length === 0;
        table.update([...store.snapshot.locks].sort((a, b) => weight(b) - weight(a) || a.id.localeCompare(b.id, 'en', { numeric: true })));
      },
    };
  },
};

function name(lock) {
  const kind = h('span', { class: 'narrow small' }, words(lock.kind));
  return h('span', { class: 'stacked' }, h('span', {}, breakable(lock.label)), kind);
}

function waiters(store, lock) {
  const ids = lock.waitingProcessIds ?? [];
  const most = innerWidth < 600 ? 1 : 4;
  const shown = ids.slice(0, most).map(id => store.processName(id)).join(', ');
  return ids.length > most ? `${shown} and ${plural(ids.length - most, 'more thread')}` : shown || '–';
}

function takesOver(lock) {
  return ['lock', 'readerwriterlock', 'sharedmemory'].includes(String(lock.kind).toLowerCase());
}

function weight(lock) {
  return (lock.ownerProcessId ? 1000 : 0) * (lock.waiterCount ?? 0) + (lock.ownerProcessId ? 2 : 0) + (lock.waiterCount ? 1 : 0);
}

// What the count means depends on the kind.
function state(lock) {
  const kind = String(lock.kind).toLowerCase();
  if (lock.ownerProcessId) return lock.waiterCount ? badge('held, waited for', 'warning') : badge('held', 'good');
  switch (kind) {
    case 'event': return lock.count ? badge('set', 'good') : badge('not set');
    case 'semaphore': return lock.count > 0 ? badge(`${count(lock.count)} free`, 'good') : badge('none free', lock.waiterCount ? 'warning' : '');
    case 'barrier': return badge(`${count(lock.count)} arrived`);
    case 'condition': return badge(lock.waiterCount ? 'waited for' : 'no waiter');
    case 'readerwriterlock': return lock.count > 0 ? badge(lock.count === 1 ? '1 reader' : `${count(lock.count)} readers`, 'good') : badge('free');
    default: return badge('free');
  }
}
