// Light, dark, or as the system says. The colours are CSS variables; the charts, which draw on a canvas, ask for their values here.

const key = 'multiprocessing-theme';
const probe = document.createElement('span');
const listeners = new Set();

export function color(name) {
  if (!probe.isConnected) {
    probe.hidden = true;
    document.body.append(probe);
  }
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

export function series(index) {
  return color(`series-${index % 10}`);
}

export function onThemeChange(listener) {
  listeners.add(listener);
}

export function initTheme(select) {
  let stored = 'system';
  try {
    stored = localStorage.getItem(key) ?? 'system';
  } catch {
    // A file that is opened from disk may have no storage: the choice then lasts as long as the page.
  }
  select.value = stored;
  apply(select.value);
  select.addEventListener('change', () => {
    apply(select.value);
    try {
      localStorage.setItem(key, select.value);
    } catch {
      // As above.
    }
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', announce);
}

function apply(theme) {
  document.documentElement.dataset.theme = theme;
  announce();
}

function announce() {
  for (const listener of listeners) listener();
}
