// Brings a lesson's page to life: predictions, recall, sliders, drawn curves, exercises. What is
// true and why comes from the page's own data, which `pages.py` wrote from the course's Python.
import predictWidget from './widgets/predict.js';
import drawWidget from './widgets/draw.js';
import { panel, unpack } from './widgets/picture.js';

const PAGE = location.pathname.split('/').pop().replace('.html', '') || 'index';
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

// The page's address: ?name=value for each slider and drawn curve that was moved.
const address = {
  get: name => new URLSearchParams(location.search).get(name),
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

function make(parent, tag, attributes = {}, text = '') {
  const element = document.createElement(tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  element.textContent = text;
  parent.append(element);
  return element;
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
  const say = () => {
    const said = model.get('answer').map(i => names[i]);
    const ranking = Array.isArray(right), whole = ranking ? said.length === names.length : said.length;
    if (!whole) return model.set('feedback', '');
    const wrong = ranking ? said.filter((one, i) => one !== right[i]) : said.filter(one => one !== right);
    const words = (wrong.length ? wrong : said.slice(0, 1)).map(one => why[one]).join(' ');
    if (atOnce) model.set('feedback', `${wrong.length ? 'Not this:' : 'Right.'} ${words}`);
    else if (answer) reveal(answer, `You said: ${spoken(said)}.`, words);
  };
  model.on('change:answer', () => { store.set(name, model.get('answer')); say(); });
  place.replaceChildren();
  predictWidget.render({ model, el: place });
  say();
}

function reveal(answer, said, words) {
  answer.open = true;
  const first = answer.querySelector('.course-said') ?? document.createElement('p');
  first.className = 'course-said';
  first.replaceChildren();
  make(first, 'b', {}, said);
  first.append(` ${words}`);
  answer.querySelector('summary').after(first);
}

function drawnPrediction(element, { traits, truth }, place) {
  const { name } = element.dataset, model = new Model(traits);
  const answer = document.querySelector(`.course-answer[data-of="${name}"]`);
  place.replaceChildren();
  drawWidget.render({ model, el: place });
  const done = make(place, 'button', { type: 'button', class: 'course-button' }, 'Show what is true');
  done.onclick = () => {
    model.set('truth', truth);
    if (answer) answer.open = true;
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
  const model = new Model({ ...traits, ...(values ? { values } : {}) });
  model.on('change:values', () => {
    store.set(name, model.get('values'));
    address.set(name, model.get('values').join(','));
  });
  place.replaceChildren();
  drawWidget.render({ model, el: place });
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
  const box = document.createElement('div');
  box.className = 'course-controls lrlib-explorer';
  const given = (address.get(name) ?? store.get(name) ?? '').split(',').map(Number);
  const start = controls.map((control, i) => control.numbers.indexOf(header.start[i]));
  const at = controls.map((control, i) => given[i] in control.numbers && given.length === controls.length
    ? given[i] : start[i]);
  const inputs = controls.map((control, i) => {
    const row = make(box, 'label', { class: 'course-row' });
    make(row, 'span', {}, control.label);
    const input = make(row, 'input', { type: 'range', min: 0, max: control.numbers.length - 1, step: 1 });
    const told = make(row, 'output');
    input.value = at[i];
    input.addEventListener('input', () => { at[i] = Number(input.value); move(true); });
    return { input, told };
  });
  const root = document.createElement('div');
  root.append(box);
  const view = document.createElement('div');
  root.append(view);
  const page = await panel(view, picture, null, () => { start.forEach((n, i) => { at[i] = n; }); move(true); });
  if (header.thinned.some(Boolean)) {
    make(root, 'p', { class: 'course-note' }, 'Here the sliders move in coarser steps than in the notebook.');
  }
  let resting = 0, wanted = 0;
  const move = async touched => {
    inputs.forEach(({ input, told }, i) => {
      input.value = at[i];
      told.textContent = controls[i].told[at[i]];
      input.setAttribute('aria-valuetext', controls[i].told[at[i]]);
    });
    const key = controls.map((control, i) => control.numbers[at[i]]).join(' '), mine = ++wanted;
    const frame = (await table.chunk(at[0])).get(key);
    if (mine !== wanted) return;
    page.show(small ? narrowed(frame, header.wide.looks, header.narrow.looks) : frame);
    if (!touched) return;
    clearTimeout(resting);
    resting = setTimeout(() => {
      page.rest();
      store.set(name, at.join(','));
      address.set(name, at.join(','));
    }, 350);
    for (const beside of [at[0] - 1, at[0] + 1]) if (beside in controls[0].numbers) table.chunk(beside);
  };
  await move(false);
  still.replaceWith(root);
  element.dataset.ready = true;
}

// A number is checked here, with the same words for the same mistakes as in the notebook.
function exercise(element) {
  const { name } = element.dataset, data = dataOf(element);
  if (data.right === undefined) {
    make(element, 'p', { class: 'course-note' },
      'This one wants code: write it in the notebook, with your own kernel, where `check` answers.');
    return;
  }
  const form = make(element, 'form', { class: 'course-check' });
  const label = make(form, 'label', {}, 'Your number: ');
  const input = make(label, 'input', { type: 'text', inputmode: 'decimal', autocomplete: 'off' });
  make(form, 'button', { class: 'course-button' }, 'Check');
  const said = make(element, 'p', { role: 'status', class: 'course-verdict' });
  const judge = () => {
    const value = Number(input.value.trim().replace(',', '.').replace('−', '-'));
    if (!input.value.trim() || !Number.isFinite(value)) {
      said.textContent = 'A number is needed, such as 0.05 or 1e-3.';
      return;
    }
    const same = other => Math.abs(value - other) <= data.tolerance * (Math.abs(other) || 1);
    const mistake = data.mistakes.find(([wrong]) => same(wrong));
    if (same(data.right)) said.textContent = `Right. ${data.praise}`;
    else if (mistake) said.textContent = `Not yet: ${mistake[1]}`;
    else {
      const side = value > data.right ? 'large' : 'small';
      said.textContent = `Not yet: ${Number(value.toPrecision(6))} is too ${side}. A hint may help.`;
    }
    store.set(name, { said: input.value, right: same(data.right) });
  };
  form.addEventListener('submit', event => { event.preventDefault(); judge(); });
  const kept = store.get(name);
  if (kept) { input.value = kept.said; judge(); }
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

// The first time that a term of the glossary stands on a page, its definition is a hover, a tap or a
// tab away.
async function terms() {
  const article = document.querySelector('article');
  if (!article || PAGE === 'glossary') return;
  const known = await (await fetch('_static/terms.json')).json();
  const plural = name => `${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?:s|es)?`;
  const names = Object.keys(known).sort((a, b) => b.length - a.length);
  const one = new RegExp(`(?<![\\p{L}-])(${names.map(plural).join('|')})(?![\\p{L}-])`, 'iu');
  const open = new Map(names.map(name => [name.toLowerCase(), known[name]]));
  const skip = 'a, code, pre, button, summary, h1, h2, h3, .math, dfn, table, .course-prediction, .course-slider, .course-draw';
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
      const term = document.createElement('dfn'), at = node.splitText(hit.index);
      Object.assign(term, { tabIndex: 0, className: 'course-term', textContent: at.data });
      make(term, 'span', { role: 'tooltip' }, open.get(name));
      at.replaceWith(term);
      open.set(name, '');
    }
    mark(rest);
  });
}

// The front page: what was done in each lesson on this device, and how to forget it.
function record() {
  const rows = [...document.querySelectorAll('[data-lesson]')];
  if (!rows.length) return;
  const show = () => rows.forEach(row => {
    const kept = Object.keys(localStorage).filter(key => key.startsWith(`course:${row.dataset.lesson}:`));
    const of = row.dataset.things, done = kept.length;
    row.textContent = done ? `${Math.min(done, of)} of ${of} tried` : '';
  });
  const clear = document.querySelector('.course-forget');
  clear?.addEventListener('click', () => {
    for (const key of Object.keys(localStorage)) if (key.startsWith('course:')) localStorage.removeItem(key);
    show();
  });
  show();
}

const soon = new IntersectionObserver((entries, observer) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    observer.unobserve(target);
    slider(target);
  }
}, { rootMargin: '600px' });

fold();
record();
terms();
document.querySelectorAll('.course-prediction').forEach(prediction);
document.querySelectorAll('.course-draw').forEach(drawing);
document.querySelectorAll('.course-exercise').forEach(exercise);
document.querySelectorAll('.course-slider').forEach(element => soon.observe(element));
