import { badge, h, note, panel, Table } from '../dom.js';
import { count, shortType, words } from '../format.js';
import { stateKind } from './processes.js';

// What a supervisor restarts when a child dies, by the name of its strategy.
const strategies = {
  oneforone: 'one for one: only the child that died is restarted',
  oneforall: 'one for all: all children of the supervisor are restarted',
  restforone: 'rest for one: the child that died is restarted with those that were added after it',
};

export const services = {
  id: 'services',
  title: 'Services',
  count: store => store.snapshot.services.length + store.snapshot.supervisors.length,
  create(store) {
    const restarts = { title: 'Restarts', value: item => item.restartCount ? badge(count(item.restartCount), 'warning') : '0', key: item => String(item.restartCount), number: true };
    const table = new Table('Services', [
      { title: 'Service', value: service => service.name },
      { title: 'Interface', value: service => service.interface ? shortType(service.interface) : '–', wide: true, class: 'code' },
      { title: 'State', value: service => badge(words(service.state), stateKind(service.state)), key: service => service.state },
      { title: 'Process', value: service => service.processId ? String(service.processId) : '–', number: true, wide: true },
      { title: 'Calls in progress', value: service => count(service.pendingCalls), number: true },
      restarts,
      { title: 'Started by', value: service => store.processName(service.ownerProcessId), wide: true },
    ], { key: service => `${service.ownerProcessId}|${service.name}|${service.processId}`, empty: 'The program has no service: no object that runs in a process of its own (ProcessService).' });
    const children = new Table('Children of supervisors', [
      { title: 'Child', value: child => child.name },
      { title: 'Supervisor', value: child => child.supervisor },
      { title: 'State', value: child => badge(words(child.state), stateKind(child.state)), key: child => String(child.state) },
      { title: 'Process', value: child => child.processId ? String(child.processId) : child.nested ? 'a supervisor' : '–', number: true, wide: true },
      restarts,
      { title: 'If it dies', value: child => (strategies[String(child.strategy).toLowerCase()] ?? words(child.strategy)), wide: true, class: 'prose' },
    ], { key: child => `${child.supervisor}|${child.name}`, empty: 'The program has no supervisor (ProcessSupervisor), which restarts processes that die.' });
    const what = note('Each service is an object in a process of its own. If the process dies, the service is restarted, and its callers may repeat their calls.');
    return {
      element: h('div', {}, panel('Services', what, table.element), panel('Supervised processes', children.element)),
      update() {
        what.hidden = store.snapshot.services.length === 0;
        table.update(store.snapshot.services);
        const supervisors = store.snapshot.supervisors;
        const names = new Set(supervisors.map(supervisor => supervisor.name));
        children.update(supervisors.flatMap(supervisor => (supervisor.children ?? []).map(child =>
          ({ ...child, supervisor: supervisor.name, strategy: supervisor.strategy, nested: names.has(child.name) }))));
      },
    };
  },
};
