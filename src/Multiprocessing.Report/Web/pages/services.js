import { badge, h, panel, Table } from '../dom.js';
import { count, words } from '../format.js';
import { stateKind } from './processes.js';

export const services = {
  id: 'services',
  title: 'Services',
  count: store => store.snapshot.services.length + store.snapshot.supervisors.length,
  create(store) {
    const table = new Table('Services', [
      { title: 'Service', value: service => service.name },
      { title: 'Interface', value: service => service.interface ?? '–', wide: true, class: 'code' },
      { title: 'State', value: service => badge(words(service.state), stateKind(service.state)), key: service => service.state },
      { title: 'Process', value: service => service.processId ? String(service.processId) : '–', number: true },
      { title: 'Calls now', value: service => count(service.pendingCalls), number: true },
      { title: 'Restarts', value: service => count(service.restartCount), number: true },
      { title: 'Used by', value: service => store.processName(service.ownerProcessId), wide: true },
    ], { key: service => `${service.ownerProcessId}|${service.name}|${service.processId}`, empty: 'The program has no service.' });
    const children = new Table('Children of supervisors', [
      { title: 'Child', value: child => child.name },
      { title: 'Supervisor', value: child => child.supervisor },
      { title: 'Strategy', value: child => words(child.strategy), wide: true },
      { title: 'State', value: child => badge(words(child.state), stateKind(child.state)), key: child => String(child.state) },
      { title: 'Process', value: child => child.processId ? String(child.processId) : '–', number: true },
      { title: 'Restarts', value: child => count(child.restartCount), number: true },
    ], { key: child => `${child.supervisor}|${child.name}`, empty: 'The program has no supervisor.' });
    return {
      element: h('div', {}, panel('Services', table.element), panel('Supervised processes', children.element)),
      update() {
        table.update(store.snapshot.services);
        children.update(store.snapshot.supervisors.flatMap(supervisor =>
          (supervisor.children ?? []).map(child => ({ ...child, supervisor: supervisor.name, strategy: supervisor.strategy }))));
      },
    };
  },
};
