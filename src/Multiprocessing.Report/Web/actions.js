// Actions change the program: each is confirmed, and is a POST with the page's own header.

import { h } from './dom.js';

export function killButton(store, process) {
  const root = process.id === store.snapshot.rootProcessId;
  return actionButton(store, {
    label: 'Kill', name: `Kill process ${process.name} (${process.id})`, keep: 'Keep it',
    title: `Kill ${process.name || 'process'} (${process.id})?`,
    text: root
      ? 'This is the root: the whole program ends at once, with all its processes.'
      : 'The process ends at once, together with its own children. What it was working on fails, or is tried again where the program allows it.',
    path: `api/kill/${process.id}`,
  });
}

// The number of tasks that the worker has completed says which of its tasks is meant: the next one is not cancelled in its place.
export function cancelButton(store, pool, worker) {
  return actionButton(store, {
    label: 'Cancel', name: `Cancel ${worker.taskName} in worker ${worker.number}`, keep: 'Let it run',
    title: `Cancel ${worker.taskName}?`,
    text: 'Its cancellation token is cancelled. If the task does not end by itself within the grace of the pool, its worker is killed. The task fails, and is not tried again.',
    path: `api/cancel/${encodeURIComponent(pool.id)}/${worker.number}/${worker.tasksDone}`,
  });
}

function actionButton(store, action) {
  return h('button', { type: 'button', class: 'danger', 'aria-label': action.name, onclick: () => confirm(store, action) }, action.label);
}

function confirm(store, { label, title, text, keep, path }) {
  const message = h('p', { role: 'alert' });
  const act = h('button', { type: 'button', class: 'danger', onclick: async () => {
    act.disabled = true;
    const error = await post(store, path);
    if (!error) return dialog.close();
    message.textContent = error;
    act.disabled = false;
  } }, label);
  const dialog = h('dialog', { 'aria-labelledby': 'action-title', onclose: () => dialog.remove() },
    h('h2', { id: 'action-title' }, title),
    h('p', {}, text),
    message,
    h('div', { class: 'buttons' }, h('button', { type: 'button', onclick: () => dialog.close() }, keep), act));
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
