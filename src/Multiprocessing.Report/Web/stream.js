// The task stream: one lane for each worker, one bar for each task (ECharts, custom series on a canvas).

import { CustomChart } from 'echarts/charts';
import { DataZoomComponent, GridComponent, TooltipComponent } from 'echarts/components';
import { graphic, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { h, setText } from './dom.js';
import { clock, clockFine, count, duration, kindOf, plural, taskTime, words } from './format.js';
import { isFailure, runTime, waitTime } from './store.js';
import { color, onThemeChange } from './theme.js';

use([CustomChart, DataZoomComponent, GridComponent, TooltipComponent, CanvasRenderer]);

const shortest = 0.002; // seconds: the narrowest window

const laneGroup = 32;

// All workers fit a screen, as far as a lane has four pixels; a few lanes are as high as a finger.
function heightOf(lanes) {
  return lanes <= laneGroup ? lanes * 24 : Math.min(1024, Math.max(576, lanes * 4));
}

export class TaskStream {
  constructor(store, select) {
    this.store = store;
    this.select = select;
    this.follow = true;
    this.span = this.widest = innerWidth < 600 ? 12 : 30;
    this.automatic = true; // the window, until a person chooses another one
    this.colors = new Map();
    this.palette = new Map();
    this.box = h('div', { class: 'stream', role: 'img', tabindex: '-1' });
    this.followButton = this.#button('Follow', 'Follow the newest tasks', () => this.setFollow(true));
    this.legend = h('ul', { class: 'legend' });
    this.window = h('span', { class: 'note' });
    this.group = h('select', { onchange: () => this.update(this.tasks, this.lanes, this.running) });
    this.groups = h('label', {}, 'Lanes ', this.group);
    this.controls = h('div', { class: 'controls', role: 'group', 'aria-label': 'Part of the time that is shown' },
      this.#button('◀', 'Earlier', () => this.move(-0.4)),
      this.#button('▶', 'Later', () => this.move(0.4)),
      this.#button('+', 'Zoom in', () => this.zoom(0.5)),
      this.#button('−', 'Zoom out', () => this.zoom(2)),
      this.#button('All', 'Show all recorded tasks', () => this.showAll()),
      this.followButton,
      this.groups,
      this.window);
    this.element = h('div', { class: 'stream-box' }, this.controls, this.box, this.legend);
    this.element.addEventListener('keydown', event => this.#key(event));
    this.observer = new ResizeObserver(() => this.chart?.resize());
    this.observer.observe(this.box);
    onThemeChange(() => this.box.isConnected && this.#restart());
  }

  #button(text, label, action) {
    return h('button', { type: 'button', 'aria-label': label, title: label, onclick: action }, text);
  }

  #key(event) {
    const action = { '+': () => this.zoom(0.5), '-': () => this.zoom(2), ArrowLeft: () => this.move(-0.2), ArrowRight: () => this.move(0.2) }[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  // The times of the newest and of the oldest task that is known.
  #bounds() {
    const now = this.store.latest.t;
    const first = this.tasks.reduce((least, task) => Math.min(least, task.started), now - 1);
    return [first, now];
  }

  setFollow(follow) {
    this.follow = follow;
    if (follow) this.#show(this.store.latest.t - this.span, this.store.latest.t);
    this.followButton.setAttribute('aria-pressed', String(follow));
  }

  zoom(factor) {
    this.automatic = false;
    const middle = this.follow ? this.to : (this.from + this.to) / 2;
    const span = Math.max(shortest, (this.to - this.from) * factor);
    this.span = span;
    if (this.follow) this.#show(this.to - span, this.to);
    else this.#show(middle - span / 2, middle + span / 2);
  }

  move(share) {
    const by = (this.to - this.from) * share;
    this.setFollow(false);
    this.#show(this.from + by, this.to + by);
  }

  showAll() {
    this.automatic = false;
    const [first, last] = this.#bounds();
    this.setFollow(false);
    this.#show(first - (last - first) * 0.01, last + (last - first) * 0.01);
  }

  focus(task) {
    this.automatic = false;
    const around = Math.max(runTime(task) * 2, 0.05);
    this.setFollow(false);
    this.#show(task.started - around, task.ended + around);
  }

  #show(from, to) {
    this.#window(from, to);
    this.chart?.dispatchAction({ type: 'dataZoom', dataZoomIndex: 0, startValue: from * 1000, endValue: to * 1000 });
  }

  #window(from, to) {
    this.from = from;
    this.to = to;
    this.span = to - from;
    setText(this.window, `${clock(from)} to ${clock(to)} (${duration(to - from)})`);
    if (this.drawing) return;
    this.drawing = requestAnimationFrame(() => {
      this.drawing = undefined;
      this.#draw();
    });
  }

  // Only the bars of the window and its surroundings: a history of thousands of tasks costs nothing while it is not looked at.
  #draw() {
    if (!this.chart || this.items === undefined) return;
    const [from, to] = [(this.from - this.span) * 1000, (this.to + this.span) * 1000];
    this.shown = this.items.filter(item => item.value[2] >= from && item.value[1] <= to);
    this.chart.setOption({ series: [{ data: this.shown }] });
  }

  // By kind: the thousand tasks of a map are one colour.
  colorOf(task) {
    const name = kindOf(task);
    if (!this.colors.has(name)) this.colors.set(name, this.colors.size % 10);
    return this.#color(`series-${this.colors.get(name)}`);
  }

  // Asking the browser for a colour costs more than drawing a bar.
  #color(name) {
    if (!this.palette.has(name)) this.palette.set(name, color(name));
    return this.palette.get(name);
  }

  // tasks: finished ones of the chosen pool; lanes: { key, label }; running: { lane, name, started, ended }.
  update(tasks, lanes, running) {
    this.tasks = tasks;
    this.lanes = lanes;
    this.running = running;
    const all = lanes.length;
    lanes = this.#chosen(lanes);
    const index = new Map(lanes.map((lane, at) => [lane.key, at]));
    const data = tasks.filter(task => index.has(task.lane)).map(task => this.#item(task, index.get(task.lane)));
    for (const task of running) {
      if (index.has(task.lane)) data.push(this.#item({ ...task, outcome: 'running' }, index.get(task.lane)));
    }
    const failures = tasks.filter(isFailure).length;
    this.box.setAttribute('aria-label', `Task stream: ${plural(tasks.length, 'finished task')} on ${plural(all, 'worker')}, ${count(failures)} failed. The tables below have the same tasks.`);
    if (!this.chart) this.#start();
    const height = Math.max(150, 76 + heightOf(lanes.length));
    if (this.height !== height) {
      this.height = height;
      this.box.style.height = `${height}px`;
      this.chart.resize();
    }
    const [first, last] = this.#bounds();
    // Of very many short tasks the newest ones are known only: a window that is wider would be empty for the rest.
    if (this.automatic && this.follow) this.span = tasks.length >= this.store.limits.tasks * 0.8 ? Math.min(this.widest, Math.max(2, last - first)) : this.widest;
    this.extent = [Math.min(first, last - this.span) - 1, last + 1];
    this.chart.setOption({
      xAxis: { min: this.extent[0] * 1000, max: this.extent[1] * 1000 },
      yAxis: { data: lanes.map(lane => lane.label) },
    });
    this.items = data;
    // A report, or a program that has ended: there is nothing to follow, and the whole is what is asked for.
    if (this.store.still && !this.whole && data.length > 0) {
      this.whole = true;
      this.showAll();
    }
    this.followButton.hidden = this.store.still;
    if (this.follow) this.#show(last - this.span, last);
    else this.#window(this.from, this.to);
    this.#fillLegend(tasks, running);
  }

  // All lanes, or a group of them: the select is there while there are more than one group.
  #chosen(lanes) {
    const names = [];
    for (let first = 0; lanes.length > laneGroup && first < lanes.length; first += laneGroup) {
      names.push(`${first + 1} to ${Math.min(first + laneGroup, lanes.length)}`);
    }
    const key = names.join();
    this.groups.hidden = names.length === 0;
    if (this.group.dataset.key !== key) {
      const before = this.group.selectedIndex;
      this.group.dataset.key = key;
      this.group.replaceChildren(h('option', {}, `all ${lanes.length}`), ...names.map(name => h('option', {}, name)));
      this.group.selectedIndex = before > 0 && before <= names.length ? before : 0;
    }
    const group = this.group.selectedIndex;
    return group > 0 ? lanes.slice((group - 1) * laneGroup, group * laneGroup) : lanes;
  }

  #item(task, lane) {
    return { value: [lane, task.started * 1000, task.ended * 1000], task };
  }

  #fillLegend(tasks, running) {
    const kinds = [...new Set([...tasks, ...running].map(task => kindOf(task.name)))];
    const names = kinds.slice(0, 8);
    const key = kinds.length + names.join('\n') + document.documentElement.dataset.theme;
    if (this.legendKey === key) return;
    this.legendKey = key;
    const swatch = (background, text, kind) => {
      const mark = h('span', { class: `swatch ${kind ?? ''}`, 'aria-hidden': 'true' });
      mark.style.backgroundColor = background;
      return h('li', {}, mark, text);
    };
    this.legend.replaceChildren(
      ...names.map(name => swatch(this.colorOf(name), name)),
      ...(kinds.length > names.length ? [h('li', {}, `and ${plural(kinds.length - names.length, 'more kind')}`)] : []),
      swatch(color('bad'), 'failed, timed out or worker died', 'crossed'),
      swatch(color('muted'), 'cancelled'),
      swatch('transparent', 'running now', 'hollow'));
  }

  #start() {
    this.chart = init(this.box, null, { renderer: 'canvas' });
    this.chart.setOption(this.#options());
    this.chart.on('click', event => event.data?.task && this.select(event.data.task));
    this.chart.on('datazoom', event => {
      const zoom = event.batch?.[0] ?? event;
      if (zoom.startValue !== undefined) return; // the page's own change; those of the mouse are shares of the whole
      const [first, last] = this.extent;
      this.automatic = false;
      this.setFollow(false);
      this.#window(first + (last - first) * zoom.start / 100, first + (last - first) * zoom.end / 100);
    });
    this.setFollow(this.follow);
  }

  #restart() {
    this.chart?.dispose();
    this.chart = undefined;
    this.legendKey = undefined;
    this.palette.clear();
    if (this.tasks) this.update(this.tasks, this.lanes, this.running);
  }

  #options() {
    const text = color('text');
    const line = { lineStyle: { color: color('line') } };
    return {
      animation: false,
      backgroundColor: 'transparent',
      grid: { left: this.box.clientWidth < 500 ? 78 : 130, right: 14, top: 8, bottom: 60 },
      tooltip: {
        // Text on the canvas: markup with styles of its own is what the content security policy refuses.
        renderMode: 'richText', confine: true, backgroundColor: color('panel'), borderColor: color('line'), textStyle: { color: text, fontSize: 12 },
        formatter: item => describe(item.data.task),
      },
      xAxis: { type: 'value', axisLabel: { color: color('muted'), hideOverlap: true, showMinLabel: false, showMaxLabel: false, formatter: value => (this.to - this.from < 3 ? clockFine : clock)(value / 1000) }, axisLine: line, splitLine: line, axisTick: line },
      yAxis: { type: 'category', inverse: true, axisLabel: { color: color('muted'), width: this.box.clientWidth < 500 ? 70 : 120, overflow: 'truncate' }, axisLine: line, axisTick: { show: false }, splitLine: { show: true, ...line } },
      dataZoom: [
        { type: 'inside', xAxisIndex: 0, filterMode: 'weakFilter', minValueSpan: shortest * 1000, zoomOnMouseWheel: 'ctrl', moveOnMouseWheel: false, moveOnMouseMove: true, preventDefaultMouseMove: false },
        { type: 'slider', xAxisIndex: 0, filterMode: 'weakFilter', height: 18, bottom: 8, borderColor: color('line'), fillerColor: 'rgba(128,128,160,0.25)', textStyle: { color: color('muted') }, labelFormatter: value => clock(value / 1000), showDataShadow: false, brushSelect: false },
      ],
      // Not progressive: a draw in parts does not end before the next sample begins another one.
      series: [{ type: 'custom', progressive: 0, renderItem: (params, api) => this.#bar(params, api), encode: { x: [1, 2], y: 0 }, clip: true, data: [] }],
    };
  }

  #bar(params, api) {
    const item = this.shown?.[params.dataIndex]?.task ?? {};
    const start = api.coord([api.value(1), api.value(0)]);
    const end = api.coord([api.value(2), api.value(0)]);
    const height = Math.max(3, api.size([0, 1])[1] * 0.72);
    const whole = { x: start[0], y: start[1] - height / 2, width: Math.max(1.5, end[0] - start[0]), height };
    const area = params.coordSys;
    const shape = graphic.clipRectByRect(whole, { x: area.x, y: area.y, width: area.width, height: area.height });
    if (!shape) return undefined;
    const outcome = (item.outcome ?? '').toLowerCase();
    const own = this.colorOf(item.name);
    if (outcome === 'running') return { type: 'rect', shape, style: { fill: 'transparent', stroke: own, lineWidth: 1.5, lineDash: [3, 2] } };
    const failed = item.outcome && isFailure(item);
    const rect = { type: 'rect', shape, style: { fill: failed ? this.#color('bad') : outcome === 'canceled' ? this.#color('muted') : own } };
    if (!failed || shape.width < 6) return rect;
    // A cross as well as a colour: red and green look alike to many.
    const cross = Math.min(shape.height, shape.width, 12) / 2 - 1;
    const [x, y] = [shape.x + shape.width / 2, shape.y + shape.height / 2];
    const stroke = { stroke: '#fff', lineWidth: 1.5 };
    return { type: 'group', children: [rect,
      { type: 'line', silent: true, shape: { x1: x - cross, y1: y - cross, x2: x + cross, y2: y + cross }, style: stroke },
      { type: 'line', silent: true, shape: { x1: x - cross, y1: y + cross, x2: x + cross, y2: y - cross }, style: stroke }] };
  }
}

export function describe(task) {
  const lines = [task.name, `${words(task.outcome)}, ${taskTime(runTime(task))}`, `started ${clockFine(task.started)}`];
  if (task.outcome !== 'running') lines.push(`waited ${taskTime(waitTime(task))}`);
  if (task.workerNumber !== undefined) lines.push(`worker ${task.workerNumber}, process ${task.processId}`);
  if (task.error) lines.push(task.error.split('\n')[0].slice(0, 90));
  return lines.join('\n');
}
