// What the page knows: the newest picture of the program and the history of some minutes. Pages read it, nothing else changes it.

const slowestKept = 50;
const failedKept = 200;

export class Store {
  constructor() {
    this.listeners = new Set();
    this.connection = 'connecting'; // connecting, live, lost, refused, ended, report
  }

  // The whole state: at the start, and again after a connection was lost.
  load(state) {
    this.program = state.program;
    this.actions = state.actions;
    this.antiforgery = state.antiforgery;
    this.limits = state.limits;
    this.points = state.points;
    this.names = state.names;
    this.tasks = state.tasks;
    this.failed = state.failed;
    this.slowest = state.slowest;
    this.missedTasks = state.missedTasks;
    this.events = state.events;
    this.sequence = state.sequence;
    this.#take(state);
    this.notify();
  }

  // One second more.
  add(sample) {
    if (sample.sequence <= this.sequence) return; // sent again after a reconnection
    this.sequence = sample.sequence;
    this.points.push(sample.point);
    trim(this.points, this.limits.points);
    for (const kind of Object.keys(sample.names)) Object.assign(this.names[kind] ??= {}, sample.names[kind]);
    this.tasks.push(...sample.tasks);
    trim(this.tasks, this.limits.tasks);
    this.missedTasks += sample.missedTasks;
    const failures = sample.tasks.filter(isFailure);
    this.failed = [...failures.reverse(), ...this.failed].slice(0, failedKept);
    this.slowest = [...this.slowest, ...sample.tasks].sort((a, b) => runTime(b) - runTime(a)).slice(0, slowestKept);
    this.events.push(...sample.events);
    trim(this.events, this.limits.events);
    this.#take(sample);
    this.notify(sample);
  }

  #take(state) {
    this.running = state.running;
    this.observations = state.observations;
    const s = state.snapshot ?? {};
    for (const list of ['processes', 'queues', 'locks', 'pools', 'services', 'supervisors']) s[list] ??= [];
    this.snapshot = s;
    this.cluster = state.cluster; // undefined if none is read
    this.latest = this.points.at(-1) ?? { t: Date.now() / 1000, cpu: 0, memory: 0, processes: [], queues: [], pools: [] };
  }

  // A cluster without a program of this machine.
  get isCluster() {
    return Boolean(this.cluster) && this.program.processId === 0;
  }

  // Nothing changes any more: a report, or a program that has ended.
  get still() {
    return this.isReport || !this.running;
  }

  setConnection(connection) {
    if (this.connection === connection) return;
    this.connection = connection;
    this.notify();
  }

  notify(sample) {
    for (const listener of this.listeners) listener(sample);
  }

  processName(id) {
    if (id === null || id === undefined) return '–';
    const name = this.names.processes?.[id];
    return name ? `${name} (${id})` : `process ${id}`;
  }

  queueName(id) {
    return this.names.queues?.[id] ?? `queue ${id}`;
  }

  poolName(id) {
    return this.names.pools?.[id] ?? `pool ${id}`;
  }

  // The values of one process, queue or pool in the newest sample.
  last(kind, id) {
    return this.latest[kind]?.find(entry => entry[0] === id);
  }
}

function trim(list, limit) {
  if (list.length > limit) list.splice(0, list.length - limit);
}

export function runTime(task) {
  return task.ended - task.started;
}

export function waitTime(task) {
  return task.started - task.created;
}

const failures = new Set(['failed', 'timedout', 'workerdied']);

export function isFailure(task) {
  return failures.has(task.outcome.toLowerCase());
}
