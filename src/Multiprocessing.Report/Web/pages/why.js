import { badge, h, note, panel } from '../dom.js';

const kinds = { bad: 'Problem', warning: 'Look here', info: 'Note' };

export function observationsList() {
  const list = h('ul', { class: 'observations' });
  const none = note('Nothing stands out: no queue is full, no lock is waited for, and no pool has a conclusion to report.');
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

export const why = {
  id: 'why',
  title: 'Why is it slow',
  create(store) {
    const list = observationsList();
    return {
      element: h('div', {},
        note('Conclusions of the pools from their statistics since they started, and what the queues, locks and processes show at this moment.'),
        panel('Conclusions', list.element)),
      update() {
        list.update(store.observations);
      },
    };
  },
};
