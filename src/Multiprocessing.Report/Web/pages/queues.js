import { badge, bar, h, note, panel, Table } from '../dom.js';
import { bytes, count, rate, shortType, some } from '../format.js';
import { lines, TimeChart } from '../timechart.js';

export const queues = {
  id: 'queues',
  title: 'Queues',
  count: store => store.snapshot.queues.length,
  create(store) {
    const last = (queue, index) => store.last('queues', queue.id)?.[index];
    const table = new Table('Queues', [
      { title: 'Queue', value: queue => store.queueName(queue.id), class: 'wrap' },
      { title: 'Items of', value: queue => queue.itemType ? shortType(queue.itemType) : '–', wide: true, class: 'code' },
      { title: 'Items', value: queue => depth(queue), key: queue => `${queue.count}/${queue.capacity}`, number: true },
      { title: 'Put', value: queue => rate(last(queue, 2)), number: true },
      { title: 'Taken', value: queue => rate(last(queue, 3)), number: true },
      { title: 'Wait for room', value: queue => count(queue.waitingPutters), number: true, wide: true },
      { title: 'Wait for items', value: queue => count(queue.waitingGetters), number: true, wide: true },
      { title: 'Put in all', value: queue => count(queue.putCount), number: true, wide: true },
      { title: 'Memory', value: queue => bytes(queue.bytes), number: true, wide: true },
      { title: 'State', value: queue => state(queue), key: queue => state(queue).textContent },
      { title: 'Used by', value: queue => some(queue.holderProcessIds), wide: true, class: 'wrap' },
    ], { key: queue => queue.id, empty: 'The program has no queue.' });
    const chart = new TimeChart({ title: 'Items in each queue', steps: 'whole', format: value => value === null ? '–' : count(value), height: 260,
      describe: of => of.map(line => `${line.label}: ${count(line.values.at(-1) ?? 0)}`).join('; ') });
    const rates = new TimeChart({ title: 'Items taken from each queue per second', format: value => value === null ? '–' : rate(value), describe: of => of.map(line => `${line.label}: ${rate(line.values.at(-1) ?? 0)}`).join('; ') });
    const what = note('Put and Taken are items per second now. The waits count threads that wait now. Used by has the ids of the processes that have the queue.');
    const charts = h('div', {}, panel('Items in each queue', chart.element), panel('Items taken per second', rates.element));
    return {
      element: h('div', {}, panel('Queues now', what, table.element), charts),
      update() {
        what.hidden = store.snapshot.queues.length === 0;
        charts.hidden = !store.points.some(point => point.queues.length);
        table.update(store.snapshot.queues);
        if (charts.hidden) return;
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
