import { h, setText } from './dom.js';
import { clock } from './format.js';
import { connect } from './feed.js';
import { cluster } from './pages/cluster.js';
import { locks } from './pages/locks.js';
import { output } from './pages/output.js';
import { overview } from './pages/overview.js';
import { pools } from './pages/pools.js';
import { processes } from './pages/processes.js';
import { queues } from './pages/queues.js';
import { services } from './pages/services.js';
import { tasks } from './pages/tasks.js';
import { why } from './pages/why.js';
import { Store } from './store.js';
import { initTheme, onThemeChange } from './theme.js';

const pages = [overview, cluster, processes, queues, pools, tasks, locks, services, output, why];
const store = new Store();
const main = document.getElementById('page');
const heading = document.getElementById('title');
const status = document.getElementById('status');
const announcer = document.getElementById('announcer');
const nav = document.getElementById('pages');
const views = new Map();
const links = new Map();
let current;

initTheme(document.getElementById('theme'));
onThemeChange(() => store.snapshot && current?.view.update());

for (const page of pages) {
  const badge = h('span', { class: 'number' });
  const link = h('a', { href: `#/${page.id}` }, page.title, badge);
  const item = h('li', {}, link);
  links.set(page.id, { link, badge, item });
  nav.append(item);
}

// A cluster alone has no program of this machine: only its own page has something to show.
function isHidden(page) {
  return page.hidden?.(store) || (store.isCluster && page !== cluster);
}

function route() {
  const wanted = location.hash.replace(/^#\//, '');
  const page = pages.find(each => each.id === wanted && !isHidden(each)) ?? (store.isCluster ? cluster : overview);
  const first = !current;
  if (current?.page === page) return;
  if (!views.has(page.id)) views.set(page.id, page.create(store));
  current = { page, view: views.get(page.id) };
  for (const [id, { link }] of links) {
    if (id === page.id) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const link = links.get(page.id).link;
  nav.parentElement.scrollLeft = link.offsetLeft - nav.parentElement.clientWidth / 2 + link.offsetWidth / 2;
  setText(heading, page.title);
  main.replaceChildren(current.view.element);
  current.view.update();
  title();
  if (!first) {
    scrollTo(0, 0);
    heading.focus(); // a screen reader reads the new page's name
  }
}

function title() {
  document.title = `${current?.page.title ?? 'Overview'} · ${store.isCluster ? clusterName() : store.program.name} · Multiprocessing`;
}

function clusterName() {
  return store.cluster.snapshot?.cluster ?? 'cluster';
}

const texts = {
  connecting: ['Connecting', ''],
  live: ['Live', 'good'],
  lost: ['Connection lost, trying again', 'warning'],
  refused: ['Access refused: open the address with its token again', 'bad'],
  ended: ['The program has ended: this is its last picture', 'warning'],
  report: ['Report', ''],
};

function showStatus() {
  const [text, kind] = texts[store.connection];
  setText(status, store.connection === 'report' ? `Report of ${new Date(store.latest.t * 1000).toLocaleString('en-GB')}` : text);
  status.className = `badge ${kind}`;
}

let announced = 0;
let lastEvent = 0;
// At most every five seconds, and only what is bad: a screen reader would never be silent otherwise.
function announce() {
  const news = store.events.filter(event => event.sequence > lastEvent && event.severity === 'bad');
  if (news.length === 0 || performance.now() - announced < 5000) return;
  announced = performance.now();
  lastEvent = store.events.at(-1).sequence;
  setText(announcer, news.slice(-3).map(event => `${clock(event.t)}: ${event.text}`).join(' '));
}

store.listeners.add(sample => {
  showStatus();
  if (!store.snapshot) return;
  const program = document.getElementById('program');
  setText(program, store.isCluster ? `cluster ${clusterName()}` : `${store.program.name} · process ${store.program.processId}`);
  program.title = store.program.commandLine ?? '';
  for (const page of pages) {
    const number = page.count?.(store);
    setText(links.get(page.id).badge, number ? String(number) : '');
    links.get(page.id).item.hidden = isHidden(page);
  }
  if (!current) {
    lastEvent = store.events.at(-1)?.sequence ?? 0;
    route();
    addEventListener('hashchange', route);
  } else {
    draw();
  }
  if (sample) announce();
});

let drawing = false;
// Once for all samples that have arrived: a slow machine, or a page that was in the background, draws the newest picture only.
function draw() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    current.view.update();
  });
}

document.querySelector('.skip').addEventListener('click', event => {
  event.preventDefault(); // the address names the page, and stays
  heading.focus();
});

connect(store);
