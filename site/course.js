// Brings a lesson's page to life: predictions, recall, sliders, drawn curves, exercises. What is
// true and why comes from the page's own data, which `pages.py` wrote from the course's Python.
import predictWidget, { make } from './widgets/predict.js';
import drawWidget from './widgets/draw.js';
import { panel, unpack } from './widgets/picture.js';

const PAGE = location.pathname.split('/').pop().replace('.html', '') || 'index';
const IN_DECK = document.body.classList.contains('deck');
const NARROW = matchMedia('(max-width: 600px)');

// What the reader did, on this device only; without storage (a private window) nothing is kept.
const store = {
  key: name => `course:${PAGE}:${name}`,
  get(name) {
    try { return JSON.parse(localStorage.getItem(store.key(name))); } catch { return null; }
  },
  set(name, value) {
    try { localStorage.setItem(store.key(name), JSON.stringify(value)); } catch { /* not kept */ }
    document.dispatchEvent(new Event('course:kept'));
  },
};

// The page's address: ?name=value for each slider and drawn curve that was moved. Who follows a link
// with one sees it at once.
const address = {
  get: name => new URLSearchParams(location.search).get(name),
  find(element) {
    const first = [...new URLSearchParams(location.search).keys()][0];
    const again = performance.getEntriesByType('navigation')[0]?.type !== 'navigate';
    if (first === element.dataset.name && !location.hash && !again) element.scrollIntoView();
  },
  set(name, value) {
    const query = new URLSearchParams(location.search);
    query.set(name, value);
    history.replaceState(null, '', `?${query.toString().replaceAll('%2C', ',')}${location.hash}`);
  },
};

// What the widgets of a notebook ask of their model, without a kernel.
class Model {
  constructor(traits) {
    this.traits = { ...traits };
    this.listeners = [];
  }
  get(name) { return this.traits[name]; }
  set(name, value) {
    if (this.traits[name] === value) return;
    this.traits[name] = value;
    for (const [event, call] of [...this.listeners])
      if (event === 'change' || event === `change:${name}`) call();
  }
  save_changes() {}
  send() {}
  on(events, call) { for (const event of events.split(' ')) this.listeners.push([event, call]); }
  off(events, call) {
    this.listeners = this.listeners.filter(([e, c]) => !(events.split(' ').includes(e) && c === call));
  }
}

const dataOf = element => JSON.parse(element.querySelector('script[type="application/json"]').textContent);
const spoken = names => names.join(', then ');

// A prediction: the choice opens the answer and says why it tempted. A recall answers at once.
function prediction(element) {
  const { name } = element.dataset, data = dataOf(element), place = element.querySelector('.course-still');
  if (data.traits) return drawnPrediction(element, data, place);
  const { asked, why, right, atOnce } = data, names = asked.options.map(option => option.name);
  const answer = document.querySelector(`.course-answer[data-of="${name}"]`);
  const model = new Model({ asked, answer: store.get(name) ?? [], feedback: '' });
  const ranking = Array.isArray(right);
  const whole = () => model.get('answer').length === (ranking ? names.length : 1);
  const say = () => {
    const said = model.get('answer').map(i => names[i]);
    if (!whole()) return model.set('feedback', '');
    const wrong = ranking ? said.filter((one, i) => one !== right[i]) : said.filter(one => one !== right);
    const off = wrong.length ? wrong : said.slice(0, 1);
    const words = off.map(one => off.length > 1 ? `${one}: ${why[one]}` : why[one]).join(' ');
    if (atOnce) return model.set('feedback', `${wrong.length ? 'Not this:' : 'Right.'} ${words}`);
    const verdict = wrong.length ? '' : ' That is right.';
    reveal(answer, `You said: ${spoken(said)}.${verdict}`, words, wrong);
    const place = IN_DECK ? 'comes on a later slide' : 'below is open';
    model.set('feedback', `You say: ${spoken(said)}. The answer ${place}.`);
  };
  model.on('change:answer', () => { store.set(name, whole() ? model.get('answer') : null); say(); });
  place.replaceChildren();
  predictWidget.render({ model, el: place });
  say();
}

// What is said of the choice is not said again below.
function reveal(answer, said, words, wrong = []) {
  if (!answer) return;
  for (const line of answer.querySelectorAll('p:has(> strong:first-child), li')) {
    const head = line.querySelector('strong, em')?.textContent;
    line.hidden = head === 'Answer:' ? !wrong.length : wrong.includes(head?.replace(/\?$/, ''));
  }
  answer.open = true;
  const summary = answer.querySelector('summary');
  summary.lastChild.textContent = summary.lastChild.textContent.replace(' Choose above, or open it.', '');
  const first = answer.querySelector('.course-said') ?? document.createElement('p');
  first.className = 'course-said';
  first.replaceChildren();
  make(first, 'b', {}, said);
  first.append(` ${words}`);
  summary.after(first);
}

// Where a drawn curve is furthest from the true one: the words of `Curve._gap` in Python.
function gap({ x, values, axes }, truth) {
  const scale = kind => kind === 'log' ? Math.log : Number, fx = scale(axes.xscale), fy = scale(axes.yscale);
  const back = axes.yscale === 'log' ? Math.exp : Number, [low, high] = axes.y;
  const yours = u => {
    const i = Math.max(x.findIndex((v, k) => k && u <= v) - 1, 0);
    const part = (fx(u) - fx(x[i])) / (fx(x[i + 1]) - fx(x[i]));
    return back(fy(values[i]) + part * (fy(values[i + 1]) - fy(values[i])));
  };
  const off = truth.map(([u, v]) => Math.abs(fy(yours(u)) - fy(Math.min(Math.max(v, low), high))));
  const worst = off.indexOf(Math.max(...off)), [u, v] = truth[worst];
  if (off[worst] < 0.05 * (fy(high) - fy(low))) return 'Your curve is never far from it.';
  return `Your curve is furthest off at ${axes.xname} ${general(u, 3)}: you drew ${general(yours(u), 3)}, it is ${general(v, 3)}.`;
}

function drawnPrediction(element, { traits, truth }, place) {
  const { name } = element.dataset, kept = store.get(name);
  const model = new Model({ ...traits, ...(kept ? { values: kept } : {}) });
  const answer = document.querySelector(`.course-answer[data-of="${name}"]`);
  place.replaceChildren();
  drawWidget.render({ model, el: place });
  const done = make(place, 'button', { type: 'button', class: 'course-button' }, 'Show what is true');
  done.onclick = () => {
    store.set(name, model.get('values'));
    model.set('truth', truth);
    reveal(answer, gap(model.traits, truth), '');
    done.remove();
  };
}

// A curve to draw; it stands in the page's address.
function drawing(element) {
  const { name } = element.dataset, { traits } = dataOf(element), place = element.querySelector('.course-still');
  const given = address.get(name)?.split(',').map(Number), kept = store.get(name);
  const [low, high] = traits.axes.y;
  const fits = v => v?.length === traits.x.length && v.every(u => u >= low && u <= high);
  const values = [given, kept].find(fits);
  const best = store.get(`best-${name}`);
  const model = new Model({ ...traits, ...(values ? { values } : {}), ...(fits(best) ? { best } : {}) });
  model.on('change:best', () => store.set(`best-${name}`, model.get('best')));
  model.on('change:values', () => {
    store.set(name, model.get('values'));
    address.set(name, model.get('values').join(','));
  });
  place.replaceChildren();
  drawWidget.render({ model, el: place });
  if (given) address.find(element);
}

// A slider's table: a header, then the frames in chunks, one for each value of the first control.
class Table {
  constructor(buffer) {
    const length = new DataView(buffer).getUint32(0, true);
    this.header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
    this.buffer = buffer;
    this.chunks = new Map();
    let at = 4 + length;
    const cut = sizes => sizes.map(size => { at += size; return [at - size, size]; });
    this.words = cut(this.header.words);
    this.points = cut(this.header.points);
  }
  chunk(i) {
    if (!this.chunks.has(i)) this.chunks.set(i, this.read(i));
    return this.chunks.get(i);
  }
  async read(i) {
    const bytes = ([start, size]) => new Uint8Array(this.buffer, start, size);
    const stream = new Blob([bytes(this.words[i])]).stream().pipeThrough(new DecompressionStream('deflate'));
    const told = JSON.parse(await new Response(stream).text());
    const frames = await unpack(told, bytes(this.points[i]), this.header.unit);
    return new Map(frames.map(frame => [frame.key, frame]));
  }
}

// The points of a frame in the narrow picture: an axis of the wide one moves and scales.
function narrowed(frame, wide, narrow) {
  const points = frame.points.map((runs, k) => {
    const [x, y, w, h] = wide[k].clip, [u, v, p, q] = narrow[k].clip;
    return runs.map(([xs, ys]) => [xs.map(a => u + (a - x) * p / w), ys.map(b => v + (b - y) * q / h)]);
  });
  return { ...frame, points };
}

async function slider(element) {
  const { name, table: place } = element.dataset, still = element.querySelector('.course-still');
  const table = new Table(await (await fetch(place)).arrayBuffer()), { header } = table;
  const { controls } = header, small = NARROW.matches;
  const picture = { ...(small ? header.narrow : header.wide), unit: header.unit };
  // A position is an index for each control; what is kept or shared has the numbers of steps, which
  // stay the same where the grid changes.
  const indices = steps => steps?.length === controls.length
    ? steps.map((n, i) => controls[i].numbers.indexOf(n)) : [-1];
  const steps = position => position.map((k, i) => controls[i].numbers[k]);
  const frameAt = async position => {
    const frame = (await table.chunk(position[0])).get(steps(position).join(' '));
    return small ? narrowed(frame, header.wide.looks, header.narrow.looks) : frame;
  };
  const start = indices(header.start);
  const wanted = [address.get(name)?.split(',').map(Number), store.get(name)].map(indices);
  const at = [...(wanted.find(position => !position.includes(-1)) ?? start)];
  const root = document.createElement('div'), view = document.createElement('div');
  const box = make(root, 'div', { class: 'course-controls lrlib-explorer' });
  root.append(view);
  const inputs = controls.map((control, i) => {
    const row = make(box, 'label', { class: 'course-row' });
    make(row, 'span', {}, control.label);
    const input = make(row, 'input', {
      type: 'range', min: 0, max: control.numbers.length - 1, step: 1, 'aria-label': control.label });
    const told = make(row, 'span', { class: 'course-told' });
    input.addEventListener('input', () => { at[i] = Number(input.value); move(true); });
    return { input, told };
  });
  const record = indices(store.get(`best-${name}`)), best = record.includes(-1) ? null : await frameAt(record);
  const page = await panel(view, picture, best, () => { start.forEach((k, i) => { at[i] = k; }); move(true); });
  if (header.thinned.some(Boolean)) {
    make(root, 'p', { class: 'course-note' }, 'Here the sliders move in coarser steps than in the notebook.');
  }
  let resting = 0, moves = 0;
  const ready = () => {                          // the neighbours, before they are asked for
    for (const beside of [at[0] - 1, at[0] + 1]) if (controls[0].numbers[beside] !== undefined) table.chunk(beside);
  };
  const rest = () => {
    page.rest();
    store.set(name, steps(at));
    store.set(`best-${name}`, page.best()?.key.split(' ').map(Number) ?? null);
    address.set(name, steps(at).join(','));
  };
  const move = async touched => {
    inputs.forEach(({ input, told }, i) => {
      input.value = at[i];
      told.textContent = controls[i].told[at[i]];
      input.setAttribute('aria-valuetext', controls[i].told[at[i]]);
    });
    const mine = ++moves, frame = await frameAt(at);
    if (mine !== moves) return;                  // the last move wins
    page.show(frame);
    clearTimeout(resting);
    if (touched) resting = setTimeout(rest, 350);
    ready();
  };
  await move(false);
  still.replaceWith(root);
  element.dataset.ready = true;
}

// A number as Python writes it with `.6g`.
function general(value, digits = 6) {
  if (value === 0) return '0';
  const [mantissa, power] = value.toExponential(digits - 1).split('e').map(Number);
  if (power < -4 || power >= digits) {
    return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  const text = value.toFixed(digits - 1 - power);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

// What a reader may write for a number: 0.05, 0,05, 5e-2, 1/20, −3, 1,000, 1_000; else NaN.
function read(text) {
  let plain = text.replace(/\s/g, '').replace(/[−–]/g, '-');
  plain = /^[+-]?[1-9]\d{0,2}([,_]\d{3})+(\.\d*)?$/.test(plain) ? plain.replace(/[,_]/g, '') : plain.replace(',', '.');
  const [over, under, ...more] = plain.split('/').map(part => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(part) ? Number(part) : NaN);
  return more.length ? NaN : over / (under ?? 1);
}

// The words of `Exercise.judge` in Python for a number; `same` is its tolerance.
function judge(value, { right, tolerance, praise, mistakes }) {
  const same = other => Math.abs(value - other) <= tolerance * (Math.abs(other) || 1);
  if (same(right)) return `Right. ${praise}`;
  const mistake = mistakes.find(([wrong]) => same(wrong));
  if (mistake) return `Not yet: ${mistake[1]}`;
  return `Not yet: ${general(value)} is too ${value > right ? 'large' : 'small'}. A hint may help.`;
}

// A number is checked here, with the same words for the same mistakes as in the notebook.
function exercise(element) {
  const { name } = element.dataset, data = dataOf(element);
  if (data.code) {
    const note = make(element, 'p', { class: 'course-note' }, `${data.code}, in your own copy of the notebook (`);
    make(note, 'a', { href: 'index.html#run-it-yourself' }, 'how to run it');
    note.append(').');
  }
  if (data.right === undefined) return;
  const form = make(element, 'form', { class: 'course-check' });
  const label = make(form, 'label', {}, 'Your number: ');
  const input = make(label, 'input', { type: 'text', inputmode: 'text', autocomplete: 'off' });
  make(form, 'button', { class: 'course-button' }, 'Check');
  const said = make(element, 'p', { role: 'status', class: 'course-verdict' });
  const check = () => {
    const value = read(input.value);
    said.textContent = Number.isFinite(value) ? judge(value, data) : 'A number is needed, such as 0.05, 1e-3 or 1/3.';
    return said.textContent.startsWith('Right. ');
  };
  form.addEventListener('submit', event => {
    event.preventDefault();
    store.set(name, { said: input.value, right: check() });
  });
  const kept = store.get(name);
  if (kept) { input.value = kept.said; check(); }
}

// Appendices are folded, part by part; a link into one opens it.
function fold() {
  for (const section of document.querySelectorAll('section > h3')) {
    if (!/^Deeper [A-Z]:/.test(section.textContent)) continue;
    const part = section.parentElement, details = document.createElement('details');
    details.className = 'course-deeper';
    const summary = make(details, 'summary');
    details.append(...[...part.children].filter(child => child !== section));
    summary.append(section);
    part.append(details);
  }
  const open = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    target?.querySelector(':scope > details.course-deeper')?.setAttribute('open', '');
    target?.closest('details')?.setAttribute('open', '');
    if (target) target.scrollIntoView();
  };
  addEventListener('hashchange', open);
  open();
}

// A film plays when it comes into view, in a deck with its slide, and again at a press; where nothing
// is to move it stands.
function films() {
  if (IN_DECK || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const watch = new IntersectionObserver(entries => entries.forEach(({ isIntersecting, target }) => {
    if (!isIntersecting) return;
    watch.unobserve(target);
    target.play();
  }), { threshold: 0.6 });
  for (const film of document.querySelectorAll('.course-film')) {
    const image = film.querySelector('img');
    let plays = 0;
    film.play = async () => {                    // a new address, or the browser shows its last frame
      const source = image.src.startsWith('blob:') ? film.source : film.source = await (await fetch(image.src)).blob();
      image.src = URL.createObjectURL(source);
      film.dataset.plays = ++plays;
    };
    const again = make(film.parentElement, 'button', { type: 'button', class: 'course-button' }, 'Play it again');
    again.onclick = film.play;
    watch.observe(film);
  }
}

// The first time that a term of the glossary stands on a page, its definition is a hover, a tap or a
// tab away; Escape closes it.
async function terms() {
  const article = document.querySelector('article');
  if (!article || PAGE === 'glossary') return;
  const known = await (await fetch('_static/terms.json')).json();
  const plural = name => `${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?:s|es)?`;
  const names = Object.keys(known).sort((a, b) => b.length - a.length);
  const one = new RegExp(`(?<![\\p{L}-])(${names.map(plural).join('|')})(?![\\p{L}-])`, 'iu');
  const open = new Map(names.map(name => [name.toLowerCase(), known[name]]));
  const skip = 'a, code, em, pre, button, summary, h1, h2, h3, .math, dfn, table, [aria-hidden], .course-prediction, .course-slider, .course-draw';
  const texts = document.createTreeWalker(article, NodeFilter.SHOW_TEXT,
    node => node.parentElement.closest(skip) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
  const found = [];
  while (texts.nextNode()) if (texts.currentNode.parentElement.closest('p, li')) found.push(texts.currentNode);
  found.forEach(function mark(node) {
    const hit = one.exec(node.data), word = hit?.[1].toLowerCase();
    if (!hit) return;
    const name = [word, word.replace(/s$/, ''), word.replace(/es$/, '')].find(w => open.has(w));
    const rest = node.splitText(hit.index + hit[1].length);
    if (name && open.get(name)) {
      define(node.splitText(hit.index), open.get(name));
      open.set(name, '');
    }
    mark(rest);
  });
}

let defined = 0;
function define(text, about) {
  const term = document.createElement('dfn'), id = `term-${++defined}`;
  term.className = 'course-term';
  text.replaceWith(term);
  const word = make(term, 'span', { role: 'button', tabindex: 0, 'aria-describedby': id, 'aria-expanded': false }, text.data);
  make(term, 'span', { role: 'tooltip', id }, about);
  const show = on => {
    term.classList.toggle('course-open', on);
    word.setAttribute('aria-expanded', on);
  };
  term.addEventListener('mouseenter', () => show(true));
  term.addEventListener('mouseleave', () => show(false));
  word.addEventListener('focus', () => show(true));
  word.addEventListener('blur', () => show(false));
  word.addEventListener('click', () => { word.focus(); show(true); });
  word.addEventListener('keydown', event => {
    if (event.key === 'Escape') show(false);
    if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); show(true); }
  });
}

// The front page: what was done in each lesson on this device, and how to forget it.
function record() {
  const rows = [...document.querySelectorAll('[data-lesson]')], all = () => Object.keys(localStorage);
  if (!rows.length) return;
  const counts = key => {                        // an exercise when solved
    const kept = JSON.parse(localStorage.getItem(key));
    return kept !== null && kept.right !== false;
  };
  const show = () => rows.forEach(({ dataset: { lesson, things } }, i) => {
    const kept = all().filter(key => key.startsWith(`course:${lesson}:`) && !key.startsWith(`course:${lesson}:best-`));
    const done = Math.min(kept.filter(counts).length, things);
    rows[i].textContent = done ? `${done} of ${things} done` : '';
  });
  document.querySelector('.course-forget')?.addEventListener('click', () => {
    for (const key of all()) if (key.startsWith('course:')) localStorage.removeItem(key);
    location.replace(location.pathname);         // the drawn curve, too
  });
  addEventListener('pageshow', show);            // also on the way back from a lesson
  show();
}

const soon = new IntersectionObserver((entries, observer) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    observer.unobserve(target);
    slider(target).catch(problem => console.error(problem));   // its still picture stays
  }
}, { rootMargin: '600px' });

// The contents of a page lie over it on a phone: they go when an entry was chosen.
document.addEventListener('click', ({ target }) => target.closest('dialog a[href^="#"]')?.closest('dialog').close());

fold();
record();
terms();
films();
document.querySelectorAll('.course-prediction').forEach(prediction);
document.querySelectorAll('.course-draw').forEach(drawing);
document.querySelectorAll('.course-exercise').forEach(exercise);
document.querySelectorAll('.course-slider').forEach(element => {
  soon.observe(element);
  address.find(element);
});
