import { badge, bar, h, panel, Table } from '../dom.js';
import { bytes, count, rate } from '../format.js';
import { lines, TimeChart } from '../timechart.js';

export const queues = {
  id: 'queues',
  title: 'Queues',
  count: store => store.snapshot.queues.length,
  create(store) {
    const last = (queue, index) => store.last('queues', queue.id)?.[index];
    const table = new Table('Queues', [
      { title: 'Queue', value: queue => store.queueName(queue.id) },
      { title: 'Items of', value: queue => queue.itemType ?? '–', wide: true, class: 'code' },
      { title: 'Depth', value: queue => depth(queue), key: queue => `${queue.count}/${queue.capacity}`, number: true },
      { title: 'Put', value: queue => rate(last(queue, 2)), number: true },
      { title: 'Taken', value: queue => rate(last(queue, 3)), number: true },
      { title: 'Wait to put', value: queue => count(queue.waitingPutters), number: true, wide: true, hint: 'Threads that wait until there is room' },
      { title: 'Wait to get', value: queue => count(queue.waitingGetters), number: true, wide: true, hint: 'Threads that wait for an item' },
      { title: 'Put in all', value: queue => count(queue.putCount), number: true, wide: true },
      { title: 'Memory', value: queue => bytes(queue.bytes), number: true, wide: true },
      { title: 'State', value: queue => state(queue), key: queue => state(queue).textContent },
      { title: 'Used by', value: queue => (queue.holderProcessIds ?? []).join(', '), wide: true, hint: 'Ids of the processes that hold the queue' },
    ], { key: queue => queue.id, empty: 'The program has no queue.' });
    const chart = new TimeChart({ title: 'Items in each queue', format: value => value === null ? '–' : count(value), height: 260,
      describe: of => of.map(line => `${line.label}: ${count(line.values.at(-1) ?? 0)}`).join('; ') });
    const rates = new TimeChart({ title: 'Items taken from each queue per second', format: value => value === null ? '–' : rate(value) });
    return {
      element: h('div', {}, panel('Queues now', table.element), panel('Items in each queue', chart.element), panel('Items taken per second', rates.element)),
      update() {
        table.update(store.snapshot.queues);
        const depths = lines(store, 'queues', 1, id => store.queueName(id));
        chart.update(depths.times, depths.lines);
        const taken = lines(store, 'queues', 3, id => store.queueName(id));
        rates.update(taken.times, taken.lines);
      },
    };
  },
};

function depth(queue) {
  if (!queue.capacity) return h('span', {}, count(queue.count));
  const share = queue.count / queue.capacity;
  return h('span', { class: 'with-bar' }, bar(share, share >= 1 ? 'bad' : share > 0.8 ? 'warning' : ''), `${count(queue.count)} of ${count(queue.capacity)}`);
}

function state(queue) {
  if (queue.isCompletionRequested) return badge(queue.count ? 'completing' : 'completed');
  if (queue.capacity && queue.count >= queue.capacity) return badge('full', 'bad');
  return queue.count === 0 ? badge('empty') : badge('filled', 'good');
}
