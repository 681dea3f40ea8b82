import { badge, h, note, panel } from '../dom.js';

const kinds = { bad: 'Problem', warning: 'Look here', info: 'Note' };

export function observationsList() {
  const list = h('ul', { class: 'observations' });
  const none = note('Nothing stands out.');
  let shown;
  return {
    element: h('div', {}, list, none),
    update(observations) {
      const key = JSON.stringify(observations);
      if (key === shown) return;
      shown = key;
      none.hidden = observations.length > 0;
      list.hidden = observations.length === 0;
      list.replaceChildren(...observations.map(observation => h('li', {},
        badge(kinds[observation.severity] ?? observation.severity, observation.severity),
        h('div', {}, h('strong', {}, observation.subject), ` ${observation.text} `,
          observation.page ? h('a', { href: `#/${observation.page}` }, `Show ${observation.page}`) : null))));
    },
  };
}

const checks = [
  'Pools: too many workers or too few, arguments and results that take long to copy, tasks that are too short, workers that die, time limits that are reached, workers that grow.',
  'Tasks: one that runs three times as long as the slowest of its kind that succeeded.',
  'Queues: full, with processes that wait for room; or longer and longer.',
  'Locks: held by one process for seconds while others wait.',
  'Processes: stopped; one that works alone while all others wait for it; all processors in use; memory nearly full.',
  'Services: restarted after they died.',
];

export const why = {
  id: 'why',
  title: 'Why is it slow',
  create(store) {
    const list = observationsList();
    return {
      element: h('div', {},
        panel('Conclusions', list.element),
        panel('What is looked for', h('ul', { class: 'conclusions' }, checks.map(text => h('li', {}, text))),
          note('What pools report counts from their start; everything else is what the last seconds show.'))),
      update() {
        list.update(store.observations);
      },
    };
  },
};
