import { cancelButton } from '../actions.js';
import { badge, facts, h, ListControls, note, panel, Table } from '../dom.js';
import { count, decimal, duration, percent, plural, words } from '../format.js';
import { throughput } from '../figures.js';
import { lines, TimeChart } from '../timechart.js';
import { stateKind } from './processes.js';

export const pools = {
  id: 'pools',
  title: 'Pools',
  count: store => store.snapshot.pools.length,
  create(store) {
    const list = h('div');
    const none = note('The program has no pool: no group of workers that run tasks (ProcessPool).');
    const shown = new Map();
    return {
      element: h('div', {}, list, none),
      update() {
        none.hidden = store.snapshot.pools.length > 0;
        for (const pool of store.snapshot.pools) {
          let view = shown.get(pool.id);
          if (!view) {
            shown.set(pool.id, view = poolView(store, pool));
            list.append(view.element);
          }
          view.update(pool);
        }
        for (const [id, view] of shown) {
          if (store.snapshot.pools.some(pool => pool.id === id)) continue;
          view.element.remove();
          view.destroy();
          shown.delete(id);
        }
      },
    };
  },
};

function poolView(store, first) {
  const sums = facts();
  const workerSums = facts();
  const controls = new ListControls(`Workers of ${first.name}`, workerOrders, () => view.update(view.pool));
  const progress = h('span', { class: 'progress' });
  const conclusions = h('ul', { class: 'conclusions' });
  const done = new TimeChart({ title: `Finished tasks per second in ${first.name}`, format: value => value === null ? '–' : decimal(value), tick: value => value.toLocaleString('en-US', { maximumFractionDigits: 2 }), describe: of => of.map(line => `${line.label}: now ${decimal(line.values.at(-1))}`).join('; ') });
  const load = new TimeChart({ title: `Waiting and running tasks of ${first.name}`, steps: 'whole', format: value => value === null ? '–' : count(value) });
  const workers = new Table(`Workers of ${first.name}`, [
    { title: 'Worker', value: worker => h('span', { class: 'stacked' }, String(worker.number), h('span', { class: 'narrow small' }, words(worker.activity))), key: worker => `${worker.number}|${worker.activity}` },
    { title: 'Process', value: worker => worker.processId ? String(worker.processId) : '–', number: true, wide: true },
    { title: 'State', value: worker => badge(words(worker.activity), stateKind(worker.activity)), key: worker => worker.activity, wide: true },
    { title: 'Task', value: worker => worker.taskName ?? '–', class: 'name' },
    { title: 'For', value: worker => worker.taskTime === null || worker.taskTime === undefined ? '–' : duration(worker.taskTime), number: true },
    { title: 'Done', value: worker => count(worker.tasksDone), number: true, wide: true },
    { title: 'Time', value: worker => shares(worker), key: worker => shareText(worker), hint: 'Working, serializing, idle', wide: true },
    { title: 'Last output', value: worker => (worker.lastOutput ?? '').trimEnd().split('\n').at(-1).slice(0, 120), class: 'code', wide: true },
    { title: 'Actions', value: worker => worker.taskName && worker.taskTime >= 1 ? cancelButton(store, first, worker) : '', key: worker => `${worker.taskName}|${worker.tasksDone}`, class: 'action' },
  ].filter(column => column.title !== 'Actions' || store.actions), { key: worker => worker.number, empty: 'No worker is running.' });
  const tasks = new Table(`Kinds of tasks in ${first.name}`, [
    { title: 'Task', value: task => task.name, class: 'name' },
    { title: 'Succeeded', value: task => count(task.succeeded), number: true },
    { title: 'Failed', value: task => count(task.failed), number: true },
    { title: 'Waited (median)', value: task => duration(task.waitMedian), number: true, wide: true, hint: 'Half of the tasks waited at most this long' },
    { title: 'Waited (95 %)', value: task => duration(task.waitP95), number: true, wide: true, hint: '95 % of the tasks waited at most this long' },
    { title: 'Ran (median)', value: task => duration(task.runMedian), number: true, hint: 'Half of the tasks ran at most this long' },
    { title: 'Ran (95 %)', value: task => duration(task.runP95), number: true, hint: '95 % of the tasks ran at most this long' },
  ], { key: task => task.name, empty: 'No task has ended yet.' });
  const workersNote = note('Time is the share of its life that a worker spent on tasks (green), on reading arguments and writing results (yellow), and idle (grey).');
  const kindsNote = note('Waited is the time from the call to the start. Median: half of the tasks took at most this long; 95 %: all but one in twenty.');
  const element = panel(`Pool ${first.name}`, sums.element, progress, conclusions,
    h('div', { class: 'columns' },
      h('div', {}, h('h3', {}, 'Finished tasks per second'), done.element),
      h('div', {}, h('h3', {}, 'Waiting and running tasks'), load.element)),
    h('h3', {}, 'Workers'), workerSums.element, workersNote, controls.element, workers.element,
    h('h3', {}, 'Kinds of tasks'), kindsNote, tasks.element);
  const view = {
    element,
    update(pool) {
      view.pool = pool;
      const sum = pool.succeeded + pool.failed + (pool.canceled ?? 0);
      const ended = !store.last('pools', pool.id);
      const texts = [
        ended ? ['This pool has ended'] : [plural(pool.workers.length, 'worker')],
        [`${count(pool.succeeded)} succeeded`, 'good'],
        [`${count(pool.failed)} failed${pool.timedOut ? `, ${count(pool.timedOut)} of them at their time limit` : ''}`, 'bad'],
        pool.canceled ? [`${count(pool.canceled)} cancelled`, 'muted'] : null,
        ended ? null : [`${count(pool.running)} running`, 'accent'],
        ended ? null : [`${count(pool.pending)} waiting`, 'line'],
        pool.retries ? [`${plural(pool.retries, 'attempt')} repeated`] : null,
        pool.workerDeaths ? [`${plural(pool.workerDeaths, 'worker')} lost${pool.timedOut ? ', those that were killed at a time limit among them' : ''}`] : null,
      ].filter(Boolean);
      sums.update(texts);
      const all = sum + pool.pending + pool.running;
      const key = `${pool.succeeded}/${pool.failed}/${all}`;
      if (progress.dataset.key !== key) {
        progress.dataset.key = key;
        progress.replaceChildren(parts([[pool.succeeded / all, 'good'], [pool.failed / all, 'bad'], [(pool.canceled ?? 0) / all, 'muted'], [pool.running / all, 'accent']]));
      }
      const sentences = pool.conclusions ?? [];
      conclusions.hidden = sentences.length === 0;
      if (conclusions.textContent !== sentences.join('')) conclusions.replaceChildren(...sentences.map(text => h('li', {}, text)));
      done.update(...throughput(store, pool.id));
      const times = store.points.map(point => point.t);
      const of = index => store.points.map(point => point.pools.find(entry => entry[0] === pool.id)?.[index] ?? null);
      load.update(times, [{ label: 'waiting', values: of(3) }, { label: 'running', values: of(4) }]);
      workersNote.hidden = pool.workers.length === 0;
      kindsNote.hidden = (pool.tasks ?? []).length === 0;
      workerSums.update(workerTexts(pool.workers));
      workers.update(controls.apply([...pool.workers].sort(workerOrders['long tasks first']), worker => `${worker.number} ${worker.processId} ${words(worker.activity)} ${worker.taskName ?? ''}`));
      tasks.update(pool.tasks ?? []);
    },
    destroy() {
      done.destroy();
      load.destroy();
    },
  };
  return view;
}

const long = 10; // seconds

// Tasks that run for long are what a person looks for. The others stay where they are.
const workerOrders = {
  'long tasks first': (a, b) => longTime(b) - longTime(a) || a.number - b.number,
  number: (a, b) => a.number - b.number,
  'time of the task': (a, b) => (b.taskTime ?? -1) - (a.taskTime ?? -1),
  'tasks done': (a, b) => b.tasksDone - a.tasksDone,
};

function longTime(worker) {
  return worker.taskTime >= long ? worker.taskTime : 0;
}

// How many workers do what, and the one that has been at its task the longest.
function workerTexts(workers) {
  const states = new Map();
  for (const worker of workers) states.set(worker.activity, (states.get(worker.activity) ?? 0) + 1);
  const longest = workers.reduce((most, worker) => worker.taskName && (worker.taskTime ?? 0) > (most?.taskTime ?? 0) ? worker : most, undefined);
  return [
    ...[...states].sort((a, b) => b[1] - a[1]).map(([state, number]) => [`${count(number)} ${words(state)}`, stateKind(state) || 'line']),
    longest?.taskTime >= 1 ? [`longest task now: ${longest.taskName} in worker ${longest.number}, for ${duration(Math.floor(longest.taskTime))}`] : null,
  ].filter(Boolean);
}

function parts(shares) {
  return h('span', { class: 'bar tall', 'aria-hidden': 'true' }, shares.map(([share, kind]) => {
    const fill = h('span', { class: `fill ${kind}` });
    fill.style.width = `${(share || 0) * 100}%`;
    return fill;
  }));
}

function shareText(worker) {
  return `${percent(worker.workingShare)} working, ${percent(worker.serializingShare)} serializing, ${percent(Math.max(0, 1 - worker.workingShare - worker.serializingShare))} idle`;
}

function shares(worker) {
  if (worker.workingShare === undefined || worker.workingShare === null) return h('span', {}, '–');
  return h('span', { class: 'with-bar', title: shareText(worker) },
    parts([[worker.workingShare, 'good'], [worker.serializingShare, 'warning']]),
    h('span', { class: 'figure' }, percent(worker.workingShare)), h('span', { class: 'unseen' }, shareText(worker)));
}
