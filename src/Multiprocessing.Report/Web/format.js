// Numbers and times as text.

export function count(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  return Math.round(value).toLocaleString('en-US');
}

export function decimal(value, digits = 1) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (value !== 0 && Math.abs(value) < 1) digits = Math.max(digits, 2);
  return value.toLocaleString('en-US', { maximumFractionDigits: value >= 100 ? 0 : digits });
}

export function rate(value) {
  return `${decimal(value)}/s`;
}

export function percent(share) {
  if (share === null || share === undefined || Number.isNaN(share)) return '–';
  return `${(share * 100).toFixed(share < 0.0995 && share > 0 ? 1 : 0)} %`;
}

export function bytes(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  for (const unit of ['B', 'KB', 'MB', 'GB']) {
    if (Math.abs(value) < 1000 || unit === 'GB') return `${value.toLocaleString('en-US', { maximumFractionDigits: value < 10 && unit !== 'B' ? 1 : 0 })} ${unit}`;
    value /= 1024;
  }
}

// A duration in seconds.
export function duration(seconds) {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return '–';
  if (seconds < 0) seconds = 0;
  if (seconds === 0) return '0 s';
  if (seconds < 0.0009995) return `${(seconds * 1e6).toFixed(0)} µs`;
  if (seconds < 1) return `${(seconds * 1e3).toFixed(seconds < 0.01 ? 1 : 0)} ms`;
  if (seconds < 100) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor(whole % 3600 / 60)} min`;
}

// The duration of a task, whose times are known to a tenth of a millisecond.
export function taskTime(seconds) {
  return seconds < 0.0001 ? '< 0.1 ms' : seconds < 0.01 ? `${(seconds * 1e3).toFixed(1)} ms` : duration(seconds);
}

// "System.Collections.Generic.List<System.Int32>" becomes "List<Int32>".
export function shortType(name) {
  return name.replace(/[A-Za-z_]\w*[.+]/g, '');
}

// The tasks of a map have numbers: "resize[17]" is one of the kind "resize".
export function kindOf(name) {
  return name.replace(/\[[\d.,: -]+\]$/, '');
}

export function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString('en-GB');
}

export function clockFine(seconds) {
  const date = new Date(seconds * 1000);
  return `${date.toLocaleTimeString('en-GB')}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

// "WorkerDied" and "workerDied" become "worker died".
export function words(name) {
  return String(name ?? '').replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
}

// A few of many: the ids of the hundred processes that use one object fill a page.
export function some(list, most = 6) {
  const shown = (list ?? []).slice(0, most).join(', ');
  return list?.length > most ? `${shown} and ${count(list.length - most)} more` : shown;
}

export function plural(number, one, many) {
  return `${count(number)} ${number === 1 ? one : many ?? `${one}s`}`;
}
