import { badge, bar, breakable, facts, h, ListControls, note, panel, Table } from '../dom.js';
import { bytes, count, decimal, duration, percent, plural, words } from '../format.js';
import { killButton } from '../actions.js';
import { lines, TimeChart } from '../timechart.js';

// Parents before their children, each with its depth.
export function tree(processes) {
  const ids = new Set(processes.map(process => process.id));
  const children = new Map();
  for (const process of processes) {
    const parent = ids.has(process.parentId) && process.parentId !== process.id ? process.parentId : 0;
    if (!children.has(parent)) children.set(parent, []);
    children.get(parent).push(process);
  }
  const rows = [];
  const visit = (parent, depth) => {
    for (const process of (children.get(parent) ?? []).sort((a, b) => a.id - b.id)) {
      rows.push({ ...process, depth });
      visit(process.id, depth + 1);
    }
  };
  visit(0, 0);
  return rows;
}

export const processes = {
  id: 'processes',
  title: 'Processes',
  create(store) {
    const table = new Table('Process tree', [
      { title: 'Process', value: process => name(process), key: process => `${process.name}|${process.depth}`, class: 'tree' },
      { title: 'Id', value: process => String(process.id), number: true, wide: true },
      { title: 'Role', value: process => words(process.role), wide: true },
      { title: 'State', value: process => badge(words(process.state), stateKind(process.state)), key: process => process.state, wide: true },
      { title: 'CPU', value: process => cpu(process), key: process => String(share(process)), number: true, hint: '100 % is one core' },
      { title: 'Memory', value: process => bytes(process.workingSetBytes), number: true },
      { title: 'Threads', value: process => count(process.threadCount), number: true, wide: true },
      { title: 'Running for', value: process => duration((Date.parse(store.snapshot.time) - Date.parse(process.startTime)) / 1000), number: true, wide: true },
      { title: 'Actions', value: process => killButton(store, process), key: process => String(process.id), class: 'action' },
    ].filter(column => column.title !== 'Actions' || store.actions), { key: process => `${process.id}|${process.startTime}`, empty: 'The program has ended.' });
    const share = process => store.last('processes', process.id)?.[1];
    const cpu = process => h('span', { class: 'with-bar' }, bar(share(process)), h('span', { class: 'figure' }, percent(share(process))));
    const controls = new ListControls('Process tree', {
      tree: undefined,
      CPU: (a, b) => (share(b) ?? 0) - (share(a) ?? 0) || a.id - b.id,
      memory: (a, b) => b.workingSetBytes - a.workingSetBytes || a.id - b.id,
      'newest first': (a, b) => Date.parse(b.startTime) - Date.parse(a.startTime) || b.id - a.id,
    }, () => view.update());
    const sums = facts();
    const cpuChart = new TimeChart({ title: 'CPU of each process', format: value => value === null ? '–' : percent(value), describe: highest(percent) });
    const memoryChart = new TimeChart({ title: 'Memory of each process', least: 2 ** 20, steps: 'binary', format: value => value === null ? '–' : bytes(value), describe: highest(bytes) });
    const view = {
      element: h('div', {}, panel('Process tree', sums.element, controls.element, table.element),
        h('div', { class: 'columns' },
          panel('CPU of each process', note('100 % is one core.'), cpuChart.element),
          panel('Memory of each process', note('Working sets: pages that processes share count in each of them.'), memoryChart.element))),
      update() {
        sums.update(texts());
        const rows = controls.apply(tree(store.snapshot.processes), process => `${process.name} ${process.id} ${words(process.role)} ${words(process.state)}`);
        table.update(controls.isTree ? rows : rows.map(process => ({ ...process, depth: 0 })));
        const cpuLines = lines(store, 'processes', 1, id => store.processName(id));
        cpuChart.update(cpuLines.times, cpuLines.lines);
        const memoryLines = lines(store, 'processes', 2, id => store.processName(id));
        memoryChart.update(memoryLines.times, memoryLines.lines);
      },
    };
    return view;

    function texts() {
      const all = store.snapshot.processes;
      const number = (kind, of) => [...Map.groupBy(all, kind)].sort((a, b) => b[1].length - a[1].length).map(([key, those]) => of(key, those.length));
      const busiest = all.reduce((most, process) => (share(process) ?? 0) > (share(most) ?? 0) ? process : most, all[0]);
      return all.length < 2 ? [] : [
        [plural(all.length, 'process', 'processes')],
        ...number(process => words(process.role), (role, n) => [n === 1 ? `1 ${role}` : plural(n, role, role === 'child' ? 'children' : `${role}s`)]),
        ...number(process => words(process.state), (state, n) => [`${count(n)} ${state}`, stateKind(state) || 'line']),
        share(busiest) >= 0.1 ? [`most CPU: ${busiest.name || 'process'} (${busiest.id}), ${percent(share(busiest))}`] : null,
      ].filter(Boolean);
    }

    function name(process) {
      const text = h('span', { class: 'tree-name stacked' }, breakable(process.name || 'process'), h('span', { class: 'narrow small' }, `${process.id}`));
      text.style.paddingInlineStart = `${process.depth * 1.1}em`;
      return process.depth ? h('span', {}, h('span', { class: 'unseen' }, `level ${process.depth + 1}: `), text) : text;
    }
  },
};

export function stateKind(state) {
  const name = String(state).toLowerCase();
  if (['dead', 'exited', 'zombie', 'unresponsive', 'died'].includes(name)) return 'bad';
  if (['ready'].includes(name)) return 'good';
  if (['stopped', 'starting', 'stopping', 'tracingstop', 'disksleep'].includes(name)) return 'warning';
  return name === 'running' || name === 'working' || name === 'busy' ? 'good' : '';
}

function highest(format) {
  return of => {
    const last = of.map(line => [line.label, line.values.at(-1) ?? 0]).sort((a, b) => b[1] - a[1])[0];
    return last ? `${of.length} lines; highest now: ${last[0]}, ${format(last[1])}.` : '';
  };
}
