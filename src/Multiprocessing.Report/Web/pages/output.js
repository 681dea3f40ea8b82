import { h, ListControls, note, setText } from '../dom.js';

const open = 6; // more boxes than these are closed, and show their last line

export const output = {
  id: 'output',
  title: 'Output',
  create(store) {
    const list = h('div', { class: 'columns' });
    const controls = new ListControls('Output', { '': undefined }, () => view.update());
    const none = note('No line is known so far.');
    const shown = new Map();
    const view = {
      element: h('div', {}, note('The last lines of each child and worker: what it wrote to standard error, and to standard output where the program receives it (ProcessOutput.Prefix, Log or ToLines). Output that children inherit is in the terminal of the program only.'), controls.element, list, none),
      update() {
        const texts = new Map();
        for (const process of store.snapshot.processes) {
          if (process.lastOutput) texts.set(process.id, { title: store.processName(process.id), text: process.lastOutput });
        }
        for (const pool of store.snapshot.pools) {
          for (const worker of pool.workers) {
            if (worker.processId && worker.lastOutput) texts.set(worker.processId, { title: `${pool.name}: worker ${worker.number} (${worker.processId})`, text: worker.lastOutput });
          }
        }
        none.hidden = texts.size > 0 || shown.size > 0;
        for (const [id, { title, text }] of texts) {
          let box = shown.get(id);
          if (!box) {
            const heading = h('h2');
            const last = h('span', { class: 'last' });
            const body = h('pre', { tabindex: '0', role: 'region', 'aria-label': `Lines of ${title}` });
            box = { id, heading, last, body, element: h('details', { class: 'panel output', open: shown.size < open }, h('summary', {}, heading, last), body) };
            box.element.addEventListener('toggle', () => { body.scrollTop = body.scrollHeight; });
            shown.set(id, box);
            list.append(box.element);
          }
          setText(box.heading, title);
          setText(box.last, text.trimEnd().split('\n').at(-1).slice(0, 200));
          const atEnd = box.body.scrollTop + box.body.clientHeight >= box.body.scrollHeight - 4;
          setText(box.body, text);
          if (atEnd) box.body.scrollTop = box.body.scrollHeight;
        }
        for (const [id, box] of shown) {
          // What an ended process wrote stays to be read; the title says so.
          if (!store.snapshot.processes.some(process => process.id === id)) setText(box.heading, `${store.processName(id)}: ended`);
        }
        while (shown.size > 200) {
          const [first, box] = shown.entries().next().value;
          box.element.remove();
          shown.delete(first);
        }
        const found = new Set(controls.apply([...shown.values()], box => `${box.heading.textContent} ${box.body.textContent}`, open));
        for (const box of shown.values()) box.element.hidden = !found.has(box);
        list.classList.toggle('many', shown.size > 2 * open);
      },
    };
    return view;
  },
};
