import { h, note, panel, setText, Table } from '../dom.js';
import { bytes, clock, count, decimal, plural } from '../format.js';
import { lines, TimeChart } from '../timechart.js';
import { throughput, totals } from '../figures.js';
import { clusterSums } from './cluster.js';
import { observationsList } from './why.js';

// Without the rounding to two digits of small numbers: the ticks of an axis are equally long.
const decimal2 = value => value.toLocaleString('en-US', { maximumFractionDigits: 2 });

export const overview = {
  id: 'overview',
  title: 'Overview',
  create(store) {
    const tiles = h('dl', { class: 'tiles' });
    const tile = (label, link) => {
      const value = h('dd');
      const hint = h('dd', { class: 'hint' });
      const box = h('div', { class: 'tile' }, h('dt', {}, link ? h('a', { href: `#/${link}` }, label) : label), value, hint);
      tiles.append(box);
      // No text: there is no such thing.
      return (text, small) => { box.hidden = text === undefined; setText(value, text ?? ''); setText(hint, small ?? ''); };
    };
    const show = {
      nodes: tile('Nodes', 'cluster'),
      processes: tile('Processes', 'processes'), cpu: tile('CPU', 'processes'), memory: tile('Memory', 'processes'),
      tasks: tile('Tasks', 'pools'), failed: tile('Failed tasks', 'tasks'), queues: tile('Items in queues', 'queues'), locks: tile('Waiting for locks', 'locks'),
    };
    const why = observationsList();
    const cpu = new TimeChart({ title: 'CPU of all processes', tick: decimal2, format: value => value === null ? '–' : `${decimal(value)} cores`, describe: of => `Now ${decimal(of[0].values.at(-1))} cores.` });
    const tasks = new TimeChart({ title: 'Finished tasks per second', format: value => value === null ? '–' : decimal(value), tick: decimal2, describe: of => of.map(line => `${line.label}: now ${decimal(line.values.at(-1))}`).join('; ') });
    const depth = new TimeChart({ title: 'Items in each queue', steps: 'whole', format: value => value === null ? '–' : count(value) });
    const events = new Table('Events', [
      { title: 'Time', value: event => clock(event.t) },
      { title: 'What happened', value: event => event.text, class: 'prose' },
    ], { key: event => event.sequence, empty: 'No event yet.', rowClass: event => event.severity === 'bad' ? 'bad-row' : '' });
    const eventsBox = h('div', { class: 'short' }, panel('Events', events.element));
    const queuePanel = panel('Items in each queue', depth.element);
    const taskPanel = panel('Finished tasks per second', tasks.element);
    return {
      element: h('div', {}, tiles, panel('What stands out', why.element),
        h('div', { class: 'columns' }, panel('CPU of all processes, in cores', cpu.element), taskPanel, queuePanel, eventsBox)),
      update() {
        const s = store.snapshot;
        const workers = s.processes.filter(process => process.role?.toLowerCase() === 'worker').length;
        const sum = totals(store);
        const members = store.cluster?.snapshot;
        const nodes = members && clusterSums(members);
        show.nodes(members ? count(members.nodes.length) : undefined, members && (nodes.silent ? `${count(nodes.silent)} of them silent` : `${count(nodes.busy)} of ${count(nodes.workers)} workers busy`));
        show.processes(count(s.processes.length), workers ? `${count(workers)} of them workers` : '');
        show.cpu(`${decimal(store.latest.cpu)} cores`, store.program.processorCount ? `of ${store.program.processorCount}` : '');
        show.memory(bytes(store.latest.memory), 'working sets');
        if (store.still && s.pools.length) show.tasks(count(sum.succeeded + sum.failed), 'finished in all');
        else show.tasks(s.pools.length ? `${decimal(sum.rate)}/s` : '–', s.pools.length ? `${count(sum.pending)} waiting, ${count(sum.running)} running` : 'no pool');
        show.failed(s.pools.length ? count(sum.failed) : '–', s.pools.length ? `of ${count(sum.failed + sum.succeeded)}` : '');
        show.queues(s.queues.length ? count(s.queues.reduce((n, queue) => n + queue.count, 0)) : '–', s.queues.length ? plural(s.queues.length, 'queue') : 'no queue');
        const waiting = s.locks.filter(lock => lock.ownerProcessId).reduce((n, lock) => n + lock.waiterCount, 0);
        show.locks(s.locks.length ? plural(waiting, 'thread') : '–', s.locks.length ? plural(s.locks.length, 'object') : 'no lock');
        why.update(store.observations);
        cpu.update(store.points.map(point => point.t), [{ label: 'all processes', values: store.points.map(point => point.cpu) }]);
        taskPanel.hidden = s.pools.length === 0 && !store.points.some(point => point.pools.length);
        if (!taskPanel.hidden) tasks.update(...throughput(store));
        queuePanel.hidden = s.queues.length === 0 && !store.points.some(point => point.queues.length);
        if (!queuePanel.hidden) {
          const of = lines(store, 'queues', 1, id => store.queueName(id));
          depth.update(of.times, of.lines);
        }
        // Alone in its row, it takes the whole row.
        eventsBox.classList.toggle('across', taskPanel.hidden !== queuePanel.hidden);
        events.update(store.events.slice(-30).reverse());
      },
    };
  },
};
