import { badge, h, note, panel, setText, Table } from '../dom.js';
import { clockFine, count, kindOf, plural, taskTime, words } from '../format.js';
import { totals } from '../figures.js';
import { isFailure, runTime, waitTime } from '../store.js';
import { TaskStream } from '../stream.js';

export const tasks = {
  id: 'tasks',
  title: 'Tasks',
  count: store => totals(store).failed ? `${count(totals(store).failed)} failed` : 0,
  create(store) {
    const selection = h('div', { class: 'selection', 'aria-live': 'polite' }, note('Click a bar to see its task. Drag to move; Ctrl with the mouse wheel, or the keys + and −, to zoom.'));
    const stream = new TaskStream(store, task => selection.replaceChildren(taskDetail(store, task)));
    const choose = h('select', { 'aria-label': 'Pool', onchange: () => update() });
    const missed = note('');
    const what = note('');
    const columns = [
      { title: 'Task', value: task => task.name, class: 'name' },
      { title: 'Outcome', value: task => badge(words(task.outcome), isFailure(task) ? 'bad' : ''), key: task => task.outcome },
      { title: 'Ran', value: task => taskTime(runTime(task)), number: true },
      { title: 'Waited', value: task => taskTime(waitTime(task)), number: true, wide: true },
      { title: 'Started', value: task => clockFine(task.started), number: true, wide: true },
      { title: 'Worker', value: task => `${task.workerNumber}`, number: true, wide: true },
    ];
    const options = { key, detail: task => taskDetail(store, task, stream) };
    const failed = new Table('Failed tasks', [columns[0], { ...columns[1], wide: true }, { title: 'Error', value: errorOf, class: 'prose error' }, ...columns.slice(2), { title: 'Attempt', value: task => count(task.attempt), number: true, wide: true }],
      { ...options, empty: 'No task has failed.' });
    const slowest = new Table('Slowest tasks', columns, { ...options, empty: 'No task has ended yet.' });
    const recent = new Table('Newest tasks', columns, { ...options, empty: 'No task has ended yet.' });

    const failedNote = note('The newest first; each attempt is a row, also if a later attempt succeeded. Open a row to see the error with its stack.');

    function update() {
      const ids = [...new Set([...store.snapshot.pools.map(pool => pool.id), ...store.tasks.map(task => task.poolId)])];
      const wanted = ids.join('\n');
      if (choose.dataset.ids !== wanted) {
        const before = choose.value;
        choose.dataset.ids = wanted;
        choose.replaceChildren(h('option', { value: '' }, 'All pools'), ...ids.map(id => h('option', { value: id }, store.poolName(id))));
        choose.value = ids.includes(before) ? before : '';
      }
      choose.parentElement.hidden = ids.length < 2;
      stream.element.hidden = ids.length === 0;
      selection.hidden = ids.length === 0;
      setText(what, ids.length ? laneNote(store, choose.value) : 'The program has no pool, and so no tasks.');
      if (ids.length === 0) return;
      const chosen = task => !choose.value || task.poolId === choose.value;
      const { lanes, running, shown } = lanesOf(store, store.tasks.filter(chosen), choose.value, ids.length > 1);
      stream.update(shown, lanes, running);
      const limits = [
        store.tasks.length >= store.limits.tasks ? `Only the newest ${count(store.limits.tasks)} tasks are shown.` : '',
        store.missedTasks ? `${plural(store.missedTasks, 'task')} ended too fast to be shown one by one; the figures of the pools contain them.` : '',
      ].filter(Boolean).join(' ');
      setText(missed, limits);
      missed.hidden = !limits;
      failedNote.hidden = store.failed.length === 0;
      failed.update(store.failed.filter(chosen).slice(0, 50));
      slowest.update(store.slowest.filter(chosen).slice(0, 20));
      recent.update(store.tasks.filter(chosen).slice(-20).reverse());
    }

    return {
      element: h('div', {},
        panel('Task stream', what,
          h('label', { class: 'choice' }, 'Pool ', choose), stream.element, missed, selection),
        panel('Failed tasks', failedNote, failed.element),
        panel('Slowest tasks', slowest.element),
        panel('Newest tasks', recent.element)),
      update,
    };
  },
};

function laneNote(store, poolId) {
  const workers = store.snapshot.pools.filter(pool => !poolId || pool.id === poolId).flatMap(pool => pool.workers);
  const busy = workers.filter(worker => worker.taskName).length;
  const now = store.still || workers.length === 0 ? '' : ` Now ${count(busy)} of ${plural(workers.length, 'worker')} ${busy === 1 ? 'runs' : 'run'} a task.`;
  return `Each lane is a worker; a worker that replaces another one takes its lane. Each bar is a task from its start to its end.${now}`;
}

function key(task) {
  return `${task.poolId}|${task.number}|${task.attempt}`;
}

// The lanes, and the tasks with theirs. A replacement of a worker that ended takes its lane: forty deaths in a pool of four are four lanes.
function lanesOf(store, tasks, poolId, several) {
  const workers = new Map();
  const worker = (pool, number) => {
    const key = `${pool}|${number}`;
    if (!workers.has(key)) workers.set(key, { key, pool, number, first: Infinity, last: 0 });
    return workers.get(key);
  };
  const running = [];
  for (const pool of store.snapshot.pools) {
    if (poolId && pool.id !== poolId) continue;
    for (const { number, processId, taskName, taskTime } of pool.workers) {
      const entry = worker(pool.id, number);
      entry.last = Infinity;
      if (!taskName || !(taskTime > 0)) continue;
      entry.first = Math.min(entry.first, store.latest.t - taskTime);
      running.push({ key: entry.key, name: taskName, started: store.latest.t - taskTime, ended: store.latest.t, workerNumber: number, processId });
    }
  }
  for (const task of tasks) {
    const entry = worker(task.poolId, task.workerNumber);
    entry.first = Math.min(entry.first, task.started);
    entry.last = Math.max(entry.last, task.ended);
  }
  const lanes = [];
  const laneOf = new Map();
  const order = [...workers.values()].sort((a, b) => String(a.pool).localeCompare(String(b.pool), 'en', { numeric: true }) || a.number - b.number);
  for (const entry of order) {
    let lane = lanes.find(each => each.pool === entry.pool && each.last <= entry.first);
    if (!lane) lanes.push(lane = { key: String(lanes.length), pool: entry.pool });
    lane.last = entry.last;
    lane.label = several && !poolId ? `${short(store.poolName(entry.pool))} ${entry.number}` : `worker ${entry.number}`;
    laneOf.set(entry.key, lane.key);
  }
  return {
    lanes,
    running: running.map(task => ({ ...task, lane: laneOf.get(task.key) })),
    shown: tasks.map(task => ({ ...task, lane: laneOf.get(`${task.poolId}|${task.workerNumber}`) })),
  };
}

// The numbers of the workers must stay visible.
function short(name) {
  const most = innerWidth < 600 ? 7 : 14;
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

function errorOf(task) {
  const line = (task.error ?? '').split('\n')[0].replace(/ Its last output on standard error:$/, '');
  if (line) return line.length > 200 ? `${line.slice(0, 200)}…` : line;
  return task.outcome.toLowerCase() === 'timedout' ? 'It did not end within its time limit; its worker was killed.' : '';
}

export function taskDetail(store, task, stream) {
  const fact = (name, value) => h('div', {}, h('dt', {}, name), h('dd', {}, value));
  return h('div', { class: 'task-detail' },
    h('h3', {}, task.name, ' ', badge(words(task.outcome), isFailure(task) ? 'bad' : '')),
    h('dl', { class: 'pairs' },
      fact('Ran', taskTime(runTime(task))),
      task.created ? fact('Waited', taskTime(waitTime(task))) : null,
      fact('Started', clockFine(task.started)),
      fact('Worker', `${task.workerNumber}, process ${task.processId}`),
      fact('Kind', kindOf(task.name)),
      fact('Attempt', count(task.attempt)),
      task.poolId ? fact('Pool', store.poolName(task.poolId)) : null),
    task.error ? h('pre', { class: 'stack', tabindex: '0', role: 'region', 'aria-label': `Error of ${task.name}` }, task.error) : null,
    stream ? h('button', { type: 'button', onclick: () => { stream.focus(task); stream.element.scrollIntoView({ block: 'center' }); } }, 'Show in the task stream') : null);
}
