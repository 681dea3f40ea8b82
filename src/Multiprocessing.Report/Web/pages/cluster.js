import { badge, bar, facts, h, ListControls, note, panel, Table } from '../dom.js';
import { count, decimal, duration, plural, rate, words } from '../format.js';
import { lines, TimeChart } from '../timechart.js';
import { stateKind } from './processes.js';

export const cluster = {
  id: 'cluster',
  title: 'Cluster',
  hidden: store => !store.cluster,
  count: store => store.cluster?.snapshot?.nodes.length,
  create(store) {
    const sums = facts();
    const trouble = h('p', { class: 'bad-row', role: 'status' });
    const open = new Map(); // the tables of the nodes whose workers are shown
    const controls = new ListControls('Nodes of the cluster', nodeOrders(store), () => view.update());
    const nodes = new Table('Nodes of the cluster', [
      { title: 'Node', value: node => node.name, class: 'name' },
      { title: 'State', value: node => badge(words(node.state), memberKind(node.state)), key: node => node.state },
      { title: 'Busy workers', value: node => busy(node), key: node => `${isSilent(node)}|${node.busyWorkers}|${node.maxWorkers}`, number: true },
      { title: 'Waiting', value: node => known(node, count(node.waitingTasks)), number: true, hint: 'Tasks that the node has and no worker runs yet' },
      { title: 'Tasks/s', value: node => known(node, rate(store.last('nodes', node.address)?.[1])), number: true },
      { title: 'Done', value: node => known(node, count(node.endedTasks)), number: true, wide: true },
      { title: 'Workers lost', value: node => known(node, count(node.workersDied)), number: true, wide: true },
      { title: 'Load', value: node => known(node, load(node)), number: true, wide: true, hint: 'Threads that use or wait for a processor of the machine, of its processors' },
      { title: 'Machine', value: node => node.machine ? `${node.machine} (${node.processId})` : '–', wide: true, class: 'wrap' },
      { title: 'Address', value: node => node.address, wide: true, class: 'wrap' },
      { title: 'Tags', value: node => (node.tags ?? []).join(', ') || '–', wide: true, class: 'wrap' },
      { title: 'Age', value: node => age(store, node), number: true, wide: true },
    ], { key: node => node.address, empty: 'The cluster has no nodes.', detail: node => workersOf(node), rowClass: node => isSilent(node) ? 'bad-row' : '' });
    const callers = new Table('Callers of the cluster', [
      { title: 'Caller', value: caller => caller.name, class: 'name' },
      { title: 'State', value: caller => badge(words(caller.state), memberKind(caller.state)), key: caller => caller.state },
      { title: 'Nodes', value: caller => known(caller, count(caller.nodes)), number: true },
      { title: 'On nodes', value: caller => known(caller, count(caller.runningTasks)), number: true, hint: 'Tasks that nodes have' },
      { title: 'Waiting', value: caller => known(caller, count(caller.waitingTasks)), number: true, hint: 'Tasks that wait for a node' },
      { title: 'Tasks/s', value: caller => known(caller, rate(store.last('callers', caller.address)?.[1])), number: true },
      { title: 'Done', value: caller => known(caller, count(caller.endedTasks)), number: true, wide: true },
      { title: 'Machine', value: caller => caller.machine ? `${caller.machine} (${caller.processId})` : '–', wide: true, class: 'wrap' },
      { title: 'Address', value: caller => caller.address, wide: true, class: 'wrap' },
      { title: 'Age', value: caller => age(store, caller), number: true, wide: true },
    ], { key: caller => caller.address, empty: 'The cluster has no callers: no pool that gives tasks to its nodes (ClusterPool).' });
    const describe = format => of => of.map(line => `${line.label}: now ${format(line.values.at(-1))}`).join('; ');
    const work = new TimeChart({ title: 'Busy workers of each node', steps: 'whole', format: value => value === null ? '–' : count(value), describe: describe(count) });
    const pace = new TimeChart({ title: 'Finished tasks per second of each node', format: value => value === null ? '–' : decimal(value), tick: value => value.toLocaleString('en-US', { maximumFractionDigits: 2 }), describe: describe(decimal) });
    const hint = note('A click on a node shows its workers: the processes that run its tasks. Waiting is the number of tasks that the node has and no worker runs yet.');
    const charts = h('div', { class: 'columns' }, panel('Busy workers of each node', work.element), panel('Finished tasks per second of each node', pace.element));
    const view = {
      element: h('div', {}, panel('Nodes', sums.element, trouble, hint, controls.element, nodes.element), charts, panel('Callers', callers.element)),
      update() {
        const reading = store.cluster;
        trouble.hidden = !reading?.error;
        trouble.textContent = reading?.error ? `The cluster cannot be read now: ${reading.error}` : '';
        const now = reading?.snapshot;
        sums.update(now ? texts(now) : reading?.error ? [] : [['The members have not been asked yet']]);
        hint.hidden = !now?.nodes.length;
        const all = now?.nodes ?? [];
        nodes.update(controls.apply(all, node => `${node.name} ${node.address} ${node.machine} ${words(node.state)} ${(node.tags ?? []).join(' ')} ${(node.workers ?? []).map(worker => worker.task ?? '').join(' ')}`));
        for (const [address, table] of open) {
          const node = all.find(each => each.address === address);
          if (node) table.update(node.workers ?? []);
          else open.delete(address);
        }
        callers.update(now?.callers ?? []);
        charts.hidden = !store.points.some(point => point.nodes?.length);
        if (charts.hidden) return;
        const of = lines(store, 'nodes', 2, address => nodeName(store, address));
        work.update(of.times, of.lines);
        const ended = lines(store, 'nodes', 1, address => nodeName(store, address));
        pace.update(ended.times, ended.lines);
      },
    };
    return view;

    function workersOf(node) {
      const table = new Table(`Workers of ${node.name}`, [
        { title: 'Worker', value: worker => String(worker.number) },
        { title: 'Process', value: worker => worker.processId ? String(worker.processId) : '–', number: true },
        { title: 'State', value: worker => badge(words(worker.activity), stateKind(worker.activity)), key: worker => worker.activity },
        { title: 'Task', value: worker => worker.task ?? '–', class: 'name' },
        { title: 'For', value: worker => worker.taskTime === null || worker.taskTime === undefined ? '–' : duration(worker.taskTime), number: true },
        { title: 'Done', value: worker => count(worker.tasksEnded), number: true },
      ], { key: worker => worker.number, empty: 'No worker of the node is running: it starts them with its first tasks.' });
      open.set(node.address, table);
      table.update(node.workers ?? []);
      return table.element;
    }
  },
};

// Of all nodes, or of all members: what the tile of the overview shows, too.
export function clusterSums(now) {
  const sum = { busy: 0, workers: 0, waiting: 0, silent: 0 };
  for (const node of now.nodes) {
    sum.busy += node.busyWorkers;
    sum.workers += node.maxWorkers;
    sum.waiting += node.waitingTasks;
    if (isSilent(node)) sum.silent++;
  }
  for (const caller of now.callers) sum.waiting += caller.waitingTasks;
  return sum;
}

function texts(now) {
  const sum = clusterSums(now);
  return [
    [`cluster ${now.cluster}`],
    [plural(now.nodes.length, 'node')],
    sum.silent ? [`${count(sum.silent)} of them silent`, 'bad'] : null,
    [`${count(sum.busy)} of ${plural(sum.workers, 'worker')} busy`, 'good'],
    [`${plural(sum.waiting, 'task')} waiting`, 'line'],
    [plural(now.callers.length, 'caller')],
  ].filter(Boolean);
}

function nodeOrders(store) {
  const pace = node => store.last('nodes', node.address)?.[1] ?? -1;
  return {
    name: undefined,
    'silent first': (a, b) => isSilent(b) - isSilent(a) || a.name.localeCompare(b.name),
    'busy workers': (a, b) => b.busyWorkers - a.busyWorkers,
    'waiting tasks': (a, b) => b.waitingTasks - a.waitingTasks,
    'tasks per second': (a, b) => pace(b) - pace(a),
    load: (a, b) => (b.load ?? -1) / (b.processors || 1) - (a.load ?? -1) / (a.processors || 1),
  };
}

function nodeName(store, address) {
  return store.names.nodes?.[address] ?? address;
}

function isSilent(member) {
  return String(member.state).toLowerCase() === 'silent';
}

// The figures of a member that has not answered are not known.
function known(member, text) {
  return isSilent(member) ? '–' : text;
}

function memberKind(state) {
  return { running: 'good', leaving: 'warning', silent: 'bad' }[String(state).toLowerCase()] ?? '';
}

function busy(node) {
  if (isSilent(node)) return h('span', {}, '–');
  return h('span', { class: 'with-bar' }, bar(node.busyWorkers / (node.maxWorkers || 1), 'good'), `${count(node.busyWorkers)} of ${count(node.maxWorkers)}`);
}

function load(node) {
  return node.load === null || node.load === undefined ? '–' : `${decimal(node.load)} of ${count(node.processors)}`;
}

function age(store, member) {
  return member.startTime ? duration(Math.max(0, Math.round(store.latest.t - Date.parse(member.startTime) / 1000))) : '–';
}
