// Where the data comes from: an element of the page (a report) or the server (state once, then one event a second).

export function connect(store) {
  const embedded = document.getElementById('report-data');
  if (embedded) {
    store.isReport = true;
    store.load({ ...JSON.parse(embedded.textContent), actions: false });
    store.setConnection('report');
    return;
  }
  start(store, 0);
}

async function start(store, attempt) {
  let reply;
  try {
    reply = await fetch('api/state', { cache: 'no-store' });
  } catch {
    // The server does not answer: the status says so, and the page asks again.
    store.setConnection('lost');
    setTimeout(() => start(store, attempt + 1), Math.min(5000, 500 * (attempt + 1)));
    return;
  }
  if (!reply.ok) {
    store.setConnection('refused');
    return;
  }
  const state = await reply.json();
  store.load(state);
  store.setConnection(state.running ? 'live' : 'ended');
  const events = new EventSource(`api/events?after=${state.sequence}`);
  events.addEventListener('open', () => store.setConnection(store.running ? 'live' : 'ended'));
  events.addEventListener('sample', event => {
    const sample = JSON.parse(event.data);
    if (sample.instance !== state.instance) {
      // Another server answers at this address: its numbers have nothing to do with those on the page.
      events.close();
      start(store, 0);
      return;
    }
    store.add(sample);
    store.setConnection(sample.running ? 'live' : 'ended');
  });
  events.addEventListener('reset', () => { // the page was away for longer than the server remembers single samples
    events.close();
    start(store, 0);
  });
  events.addEventListener('error', () => {
    store.setConnection('lost');
    if (events.readyState !== EventSource.CLOSED) return; // the browser connects again
    setTimeout(() => start(store, 0), 2000);
  });
}
