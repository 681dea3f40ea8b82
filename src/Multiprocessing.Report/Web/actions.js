// Actions change the program: each is confirmed, and is a POST with the page's own header.

import { h } from './dom.js';

export function killButton(store, process) {
  return h('button', { type: 'button', class: 'danger', 'aria-label': `Kill process ${process.name} (${process.id})`, onclick: () => confirmKill(store, process) }, 'Kill');
}

function confirmKill(store, process) {
  const root = process.id === store.snapshot.rootProcessId;
  const message = h('p', { role: 'alert' });
  const kill = h('button', { type: 'button', class: 'danger', onclick: async () => {
    kill.disabled = true;
    const error = await post(store, `api/kill/${process.id}`);
    if (!error) return dialog.close();
    message.textContent = error;
    kill.disabled = false;
  } }, 'Kill');
  const dialog = h('dialog', { 'aria-labelledby': 'kill-title', onclose: () => dialog.remove() },
    h('h2', { id: 'kill-title' }, `Kill ${process.name || 'process'} (${process.id})?`),
    h('p', {}, root
      ? 'This is the root: the whole program ends at once, with all its processes.'
      : 'The process ends at once, together with its own children. What it was working on fails, or is tried again where the program allows it.'),
    message,
    h('div', { class: 'buttons' }, h('button', { type: 'button', onclick: () => dialog.close() }, 'Keep it'), kill));
  document.body.append(dialog);
  dialog.showModal();
}

async function post(store, path) {
  try {
    const reply = await fetch(path, { method: 'POST', headers: { 'X-Multiprocessing-Antiforgery': store.antiforgery } });
    return reply.ok ? undefined : (await reply.text()) || `The server refused it (status ${reply.status}).`;
  } catch (error) {
    return `The server did not answer: ${error.message}`;
  }
}
