// A chart over time (uPlot) with its description and its table for those who do not see it.

import uPlot from 'uplot';
import { h } from './dom.js';
import { clock } from './format.js';
import { color, onThemeChange, series as seriesColor } from './theme.js';

const charts = new Set();
onThemeChange(() => charts.forEach(chart => chart.rebuild()));

/**
 * options: { title, format(value), tick?(value) -> text of the axis, steps?: 'whole' or 'binary' numbers between ticks, describe() -> text, height?, least? }
 * update(times, lines): lines are { label, values, color?: name of a variable }.
 */
export class TimeChart {
  constructor(options) {
    this.options = options;
    this.box = h('div', { class: 'chart', role: 'img', 'aria-label': options.title });
    this.rows = h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `${options.title} as a table` });
    this.details = h('details', { class: 'as-table', ontoggle: () => this.#fillTable() }, h('summary', {}, 'Show as table'), this.rows);
    this.waiting = h('p', { class: 'note' }, 'The first values appear after two seconds.');
    this.element = h('div', { class: 'chart-with-table' }, this.box, this.waiting, this.details);
    this.observer = new ResizeObserver(() => this.#resize());
    this.observer.observe(this.box);
    this.times = [];
    this.lines = [];
    charts.add(this);
  }

  update(times, lines) {
    this.times = times;
    const same = this.plot && this.lines.length === lines.length && this.lines.every((line, index) => line.label === lines[index].label);
    this.lines = lines;
    this.waiting.hidden = times.length > 1;
    this.box.hidden = times.length < 2;
    if (times.length < 2) return;
    this.box.setAttribute('aria-label', `${this.options.title}. ${this.options.describe?.(lines) ?? ''}`);
    if (same) this.plot.setData(this.#data());
    else this.rebuild();
    if (this.details.open && !this.details.contains(document.activeElement)) this.#fillTable();
  }

  #data() {
    return [this.times, ...this.lines.map(line => line.values)];
  }

  #width() {
    return Math.max(200, this.box.clientWidth);
  }

  #resize() {
    if (this.plot && this.plot.width !== this.#width()) this.plot.setSize({ width: this.#width(), height: this.options.height ?? 200 });
  }

  rebuild() {
    if (this.times.length < 2 || !this.box.isConnected) return;
    this.plot?.destroy();
    const axis = { stroke: color('muted'), grid: { stroke: color('line'), width: 1 }, ticks: { stroke: color('line'), width: 1 }, font: '12px system-ui, sans-serif' };
    const format = this.options.format;
    this.plot = new uPlot({
      width: this.#width(),
      height: this.options.height ?? 200,
      cursor: { points: { size: 6 }, drag: { setScale: false } },
      legend: { live: true, isolate: false },
      scales: { x: { time: true }, y: { range: (plot, low, high) => [0, Math.max(this.options.least ?? 1, (high ?? 0) * 1.1)] } },
      axes: [
        { ...axis, values: (plot, ticks) => ticks.map(tick => clock(tick)), space: 80 },
        {
          ...axis, values: (plot, ticks) => ticks.map(this.options.tick ?? format), incrs: steps[this.options.steps],
          size: (plot, values) => 18 + 7.2 * Math.max(3, ...(values ?? []).map(value => value.length)),
        },
      ],
      series: [
        { label: 'time', value: (plot, value) => value === null ? 'now' : clock(value) },
        ...this.lines.map((line, index) => {
          const stroke = line.color ? color(line.color) : seriesColor(index);
          return {
            label: line.label,
            stroke,
            width: 1.8,
            fill: this.lines.length === 1 ? stroke.replace('rgb(', 'rgba(').replace(')', ', 0.14)') : undefined,
            dash: line.dash ?? dashes[Math.floor(index / 5) % dashes.length],
            spanGaps: false,
            points: { show: false },
            value: (plot, value, line, at) => format(value ?? (at === null ? plot.data[line].at(-1) : null)),
          };
        }),
      ],
    }, this.#data(), this.box);
  }

  #fillTable() {
    if (!this.details.open || this.times.length === 0) return;
    // Newest first, at most 30 rows: the newest ten seconds, then coarser.
    const step = Math.max(1, Math.floor(this.times.length / 20));
    const indexes = [];
    for (let i = this.times.length - 1; i >= 0 && indexes.length < 30; i -= indexes.length < 10 ? 1 : step) indexes.push(i);
    this.rows.replaceChildren(h('table', {},
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Time'), this.lines.map(line => h('th', { scope: 'col', class: 'number' }, line.label)))),
      h('tbody', {}, indexes.map(i => h('tr', {},
        h('th', { scope: 'row' }, clock(this.times[i])),
        this.lines.map(line => h('td', { class: 'number' }, line.values[i] === null ? '–' : this.options.format(line.values[i]))))))));
  }

  destroy() {
    this.observer.disconnect();
    this.plot?.destroy();
    charts.delete(this);
  }
}

// A memory axis that ends at 381 MB reads badly: its steps are 64, 128, 256 MB. There are no 2.5 tasks.
const steps = {
  binary: Array.from({ length: 40 }, (_, power) => 2 ** (power + 4)),
  whole: Array.from({ length: 12 }, (_, power) => [1, 2, 5].map(digit => digit * 10 ** power)).flat(),
};

// Lines that share a hue differ in their dashes, too.
const dashes = [undefined, [6, 3], [2, 3]];

/**
 * The lines of many things: the largest ones by name, the others as their average, which has the scale of one; a sum of a hundred would press the others flat. kind: the list in a point; index: the place of the value in an entry.
 */
export function lines(store, kind, index, name, most = 8) {
  const points = store.points;
  const times = points.map(point => point.t);
  const all = new Map();
  points.forEach((point, at) => {
    for (const entry of point[kind]) {
      let values = all.get(entry[0]);
      if (!values) all.set(entry[0], values = { id: entry[0], sum: 0, values: new Array(points.length).fill(null) });
      values.values[at] = entry[index];
      values.sum += entry[index] ?? 0;
    }
  });
  // Those that still live first, then by the sum over the whole window, so that lines do not jump from second to second; ids break ties.
  const lives = entry => entry.values.at(-1) !== null ? 1 : 0;
  const sorted = [...all.values()].sort((a, b) => lives(b) - lives(a) || b.sum - a.sum || String(a.id).localeCompare(String(b.id), 'en', { numeric: true }));
  // Those that have ended are one line while others live: their values of now are what the chart is read for. A report, at whose end nothing lives, names them.
  const living = sorted.filter(lives);
  const candidates = living.length > 0 ? living : sorted;
  const named = candidates.slice(0, candidates.length > most ? most - 1 : most);
  named.sort((a, b) => String(a.id).localeCompare(String(b.id), 'en', { numeric: true }));
  const result = named.map(entry => ({ label: name(entry.id), values: entry.values }));
  const average = (rest, label, dash) => {
    if (rest.length === 0) return;
    const values = times.map((_, at) => {
      const present = rest.filter(entry => entry.values[at] !== null);
      return present.length ? present.reduce((total, entry) => total + entry.values[at], 0) / present.length : null;
    });
    result.push({ label, values, color: 'muted', dash });
  };
  const others = candidates.slice(candidates.length > most ? most - 1 : most);
  average(others, others.length === 1 ? '1 other' : `average of ${others.length} others`, [6, 3]);
  const ended = sorted.slice(candidates.length);
  average(ended, ended.length === 1 ? '1 that has ended' : `average of ${ended.length} that have ended`, [1, 4]);
  return { times, lines: result };
}
