// A curve that is drawn: knots on a picture, straight lines between them; with a `bowl`, the exact
// loss of its rates beside it. All is computed in the page; Python is told at the end of a stroke.

const NS = 'http://www.w3.org/2000/svg';
// A picture in its own pixels: narrower on a phone, where 480 of them would make the words tiny.
const WIDTH = globalThis.innerWidth < 600 ? 340 : 480, HEIGHT = 320;
const LEFT = 58, RIGHT = WIDTH - 18, TOP = 48, BOTTOM = 270;
const UNDO = 20, WIPE = 700, REST = 600; // strokes; milliseconds

const STYLE = `
.lr-draw { font-size: var(--jp-content-font-size1, 14px); line-height: 1.5;
  color: var(--jp-content-font-color1, CanvasText); }
.lr-draw p { margin: .3em 0; }
.lr-draw .lr-panels { display: flex; flex-wrap: wrap; gap: 8px; }
.lr-draw svg { flex: 1 1 330px; min-width: 0; max-width: 640px; background: #fff;
  border-radius: 4px; user-select: none; font: 14px sans-serif; fill: #222; }
.lr-draw .lr-knot { cursor: grab; outline: none; }
.lr-draw .lr-knot circle { touch-action: none; }
.lr-draw .lr-dot { fill: #fff; stroke: #222; stroke-width: 2.5; }
.lr-draw .lr-knot:focus .lr-dot { fill: #ffd54f; stroke-width: 4; }
.lr-draw .lr-words { min-height: 3em; }
.lr-draw .lr-spoken { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); }
.lr-draw button { font: inherit; color: inherit; background: var(--jp-layout-color2, ButtonFace);
  border: 1px solid; border-radius: 4px; padding: 4px 12px; margin: 2px 4px 2px 0; }
.lr-draw button[aria-disabled=true] { opacity: .45; }
.lr-draw button:focus-visible { outline: 3px solid #0072B2; outline-offset: 2px; }
.jp-OutputArea:has(.lr-live) .lr-still { display: none; }`;

// The rates that a run uses: straight pieces between the knots, as lrlib's Linear computes them.
export function rates(x, values) {
  const out = [];
  for (let i = 0; i + 1 < x.length; i++) {
    const T = x[i + 1] - x[i];
    for (let t = 0; t < T; t++) out.push(values[i] + (values[i + 1] - values[i]) * (t / T));
  }
  return out;
}

// The expected loss before each update and after the last, as lrlib.dynamics.noisy_quadratic:
// m <- (1 - eta lambda)^2 m + eta^2 sigma^2 in each direction.
export function losses(rates, { curvatures, variance, moment }) {
  const m = [...moment], out = [];
  const loss = () => {
    let sum = 0;
    for (let i = 0; i < m.length; i++) sum += m[i] * curvatures[i] / 2;
    out.push(sum >= 0 ? sum : Infinity); // once infinite, it stays infinite: 0 * inf, inf - inf
  };
  loss();
  for (const eta of rates) {
    for (let i = 0; i < m.length; i++) {
      const factor = 1 - eta * curvatures[i];
      m[i] = factor * factor * m[i] + eta * eta * variance[i];
    }
    loss();
  }
  return out;
}

// From data to pixels and back, on a linear or a logarithmic axis, and where its ticks stand.
export function scale([low, high], from, to, log) {
  const f = log ? Math.log10 : v => v, back = log ? u => 10 ** u : u => u;
  const a = f(low), b = f(high);
  const within = (v, least, most) => Math.min(most, Math.max(least, v));
  const [least, most] = log ? [low / 10, high * 10] : [2 * low - high, 2 * high - low]; // to draw
  const at = v => from + (f(within(v, least, most)) - a) / (b - a) * (to - from);
  const value = pixel => back(a + within((pixel - from) / (to - from), 0, 1) * (b - a));
  const ticks = [];
  if (log) {
    for (let k = Math.floor(a); k <= b; k++)
      for (const v of b - a > 1.5 ? [10 ** k] : [10 ** k, 2 * 10 ** k, 5 * 10 ** k])
        if (v >= low * .999 && v <= high * 1.001) ticks.push(v);
  } else {
    const rough = (high - low) / 5, ten = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].find(s => s * ten >= rough) * ten;
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high * 1.0001; i++) ticks.push(i * step);
  }
  return { at, value, ticks };
}

// JupyterLab takes no shortcut from an element with this mark; it must be the focused one.
const OWN_KEYS = { 'data-lm-suppress-shortcuts': 'true' };

const points = values => values.map((v, t) => [t, v]);

export function number(v) {
  if (!(v < 1e9)) return '∞';
  return v >= 1e4 ? v.toExponential(1) : String(Number(v.toPrecision(3)));
}

function make(parent, tag, attributes = {}, text) {
  const element = parent.namespaceURI === NS || tag === 'svg'
    ? document.createElementNS(NS, tag) : document.createElement(tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}

// One picture: its axes, and `line(look)`, which returns a function that draws points.
export function picture(parent, { x, y, xscale, yscale, xlabel, ylabel }, label) {
  const svg = make(parent, 'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'group', 'aria-label': label });
  const X = scale(x, LEFT, RIGHT, xscale === 'log'), Y = scale(y, BOTTOM, TOP, yscale === 'log');
  const clip = `lr-${Math.random().toString(36).slice(2)}`;
  make(make(svg, 'clipPath', { id: clip }), 'rect',
    { x: LEFT, y: TOP - 2, width: RIGHT - LEFT, height: BOTTOM - TOP + 4 });
  const grid = { stroke: '#e5e5e5' }, hidden = make(svg, 'g', { 'aria-hidden': true });
  const centred = { 'text-anchor': 'middle' };
  for (const v of X.ticks) {
    make(hidden, 'line', { x1: X.at(v), x2: X.at(v), y1: TOP, y2: BOTTOM, ...grid });
    make(hidden, 'text', { x: X.at(v), y: BOTTOM + 18, ...centred }, number(v));
  }
  for (const v of Y.ticks) {
    make(hidden, 'line', { x1: LEFT, x2: RIGHT, y1: Y.at(v), y2: Y.at(v), ...grid });
    make(hidden, 'text', { x: LEFT - 6, y: Y.at(v) + 5, 'text-anchor': 'end' }, number(v));
  }
  make(hidden, 'path', { d: `M${LEFT} ${TOP}V${BOTTOM}H${RIGHT}`, stroke: '#222', fill: 'none' });
  make(hidden, 'text', { x: (LEFT + RIGHT) / 2, y: HEIGHT - 10, ...centred }, xlabel);
  const upright = `translate(14 ${(TOP + BOTTOM) / 2}) rotate(-90)`;
  make(hidden, 'text', { transform: upright, ...centred }, ylabel);
  let place = LEFT, row = 16; // of the next name above the axes
  const line = ({ name, color, dash = '', width = 2, opacity = 1 }) => {
    const look =
      { fill: 'none', stroke: color, opacity, 'stroke-width': width, 'stroke-dasharray': dash };
    const drawn = make(hidden, 'polyline', { ...look, 'clip-path': `url(#${clip})` });
    if (name) {
      const long = 36 + 6.6 * name.length;
      if (place + long > WIDTH + 10) [place, row] = [LEFT, row + 19];
      make(hidden, 'line', { x1: place, x2: place + 20, y1: row, y2: row, ...look });
      make(hidden, 'text', { x: place + 24, y: row + 5 }, name);
      place += long;
    }
    return points => drawn.setAttribute('points',
      points.map(([u, v]) => `${X.at(u).toFixed(2)},${Y.at(v).toFixed(2)}`).join(' '));
  };
  return { svg, X, Y, line, hidden, clip };
}

// What the exact loss says, in words: reached or missed, and the rest.
export function verdict(eta, loss, { curvatures, target }) {
  const end = loss.at(-1), steepest = Math.max(...curvatures);
  const over = eta.flatMap((rate, t) => rate * steepest > 2 ? [t] : []);
  let words = `Loss ${number(end)} after ${eta.length} updates`;
  if (target) words += `, target ${number(target)}`;
  if (over.length) {
    const gaps = over.at(-1) - over[0] >= over.length, some = gaps ? 'some of the ' : '';
    const where = over.length === 1
      ? `update ${over[0]}` : `${some}updates ${over[0]} to ${over.at(-1)}`;
    words += `. η·λ > 2 at ${where}: `;
    words += end > loss[0] ? 'it diverges, as it should' : 'there it diverges, and comes back';
  }
  return [target ? (end <= target ? 'Reached.' : 'Missed.') : '', words + '.'];
}

// A curve from left to right: at once, or, where motion is welcome, within WIPE milliseconds.
function wipe(draw, points) {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return draw(points);
  const start = performance.now();
  const frame = now => {
    const share = Math.min(1, Math.max(0, now - start) / WIPE); // the first frame may be the past
    draw(points.slice(0, Math.ceil(share * points.length)));
    if (share < 1) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

// The loss beside the rates, the ghosts in both, and the words; returns what draws a new curve.
function lossPanel(root, panels, left, x, bowl) {
  const axes = { x: [x[0], x.at(-1)], y: bowl.limits, yscale: 'log' };
  const right = picture(panels, { ...axes, xlabel: 'updates made', ylabel: 'expected loss' }, '');
  right.svg.setAttribute('role', 'img');
  const rivals = bowl.ghosts.map(ghost => {
    const look = { ...ghost, opacity: .6 }, loss = losses(ghost.rates, bowl);
    left.line(look)(points(ghost.rates));
    right.line({ ...look, name: '' })(points(loss));
    return `${ghost.name} ${number(loss.at(-1))}`;
  }).join(', ');
  const best = { color: '#999', width: 5, opacity: .5 };
  const bestRate = left.line({ ...best, name: 'best so far' }), bestLoss = right.line(best);
  const mine = right.line({ color: '#222', width: 3 });
  if (bowl.target) {
    right.line({ color: bowl.colour, dash: '6 4' })(axes.x.map(t => [t, bowl.target]));
    const place = { x: LEFT + 6, y: right.Y.at(bowl.target) - 6, style: `fill:${bowl.colour}` };
    make(right.hidden, 'text', place, `target ${number(bowl.target)}`);
  }
  const words = make(root, 'p', { class: 'lr-words' }), bold = make(words, 'b');
  const rest = make(words, 'span');
  const spoken = make(root, 'p', { class: 'lr-spoken', role: 'status' });
  let wait;
  return (now, record) => {
    const eta = rates(x, now), loss = losses(eta, bowl);
    const kept = record.length ? losses(rates(x, record), bowl) : [];
    mine(points(loss));
    bestRate(record.map((v, i) => [x[i], v]));
    bestLoss(points(kept));
    const [first, second] = verdict(eta, loss, bowl);
    const of = kept.length ? `Best so far ${number(kept.at(-1))}. ` : '';
    bold.textContent = first;
    rest.textContent = ` ${second} ${of}At their best: ${rivals}.`;
    right.svg.setAttribute('aria-label', `the loss it gives: ${second}`);
    clearTimeout(wait); // said aloud when the hand rests
    wait = setTimeout(() => { spoken.textContent = `${first} ${second} ${of}`; }, REST);
  };
}

export function render({ model, el }) {
  const axes = model.get('axes'), bowl = model.get('bowl'), x = model.get('x'), n = x.length;
  const [low, high] = axes.y, log = axes.yscale === 'log';
  let now = [...model.get('values')], before = null, last = null; // `before`: as the stroke began

  const root = make(el, 'div',
    { class: 'lr-live lr-draw', role: 'group', 'aria-label': axes.question || axes.ylabel });
  make(root, 'style', {}, STYLE);
  if (axes.question) make(make(root, 'p'), 'b', {}, axes.question);
  const panels = make(root, 'div', { class: 'lr-panels' });
  const left = picture(panels, axes, `${axes.ylabel} in ${n} knots`);
  const show = []; // what is drawn anew with each move

  if (bowl.ghosts) show.push(lossPanel(root, panels, left, x, bowl));
  const curve = left.line({ color: '#222', width: 3, name: 'yours' });
  const knots = x.map((t, i) => {
    const knot = make(left.svg, 'g', {
      class: 'lr-knot', tabindex: 0, role: 'slider', 'aria-orientation': 'vertical', ...OWN_KEYS,
      'aria-label': `knot ${i + 1} of ${n}, ${axes.xname} ${number(t)}`,
      'aria-valuemin': low, 'aria-valuemax': high });
    make(knot, 'circle', { r: .49 * (RIGHT - LEFT) / (n - 1), fill: 'transparent' });
    make(knot, 'circle', { r: 7, class: 'lr-dot' });
    return knot;
  });
  show.push(() => {
    curve(x.map((t, i) => [t, now[i]]));
    knots.forEach((knot, i) => {
      knot.setAttribute('transform', `translate(${left.X.at(x[i])} ${left.Y.at(now[i])})`);
      knot.setAttribute('aria-valuenow', now[i]);
      knot.setAttribute('aria-valuetext', `${axes.yname} ${number(now[i])}`);
    });
  });
  const draw = () => show.forEach(each => each(now, model.get('best')));

  // One way in for mouse, finger, pen and keys: begin, put, end.
  const frozen = () => model.get('truth').length > 0;
  const begin = () => { before ??= [...now]; };
  const put = (i, v) => {
    v = Math.min(high, Math.max(low, v));
    now[i] = Number(log ? v.toPrecision(3) : v.toFixed(axes.digits)) + 0;
  };
  const end = (kind = null) => { // strokes of one kind in a row (keys on one knot) are one undo
    if (before && String(before) !== String(now)) {
      const history = model.get('history');
      if (kind === null || kind !== last) model.set('history', [...history, before].slice(-UNDO));
      last = kind;
      if (bowl.ghosts) {
        const loss = values => values.length ? losses(rates(x, values), bowl).at(-1) : Infinity;
        if (loss(now) < loss(model.get('best'))) model.set('best', [...now]);
      }
      model.set('values', [...now]);
      model.save_changes();
    }
    before = null;
    draw();
  };
  const all = values => { if (!frozen()) { begin(); now = [...values]; end(); } };

  // A pressed knot follows the pointer. Who gets past another knot draws a stroke: it sets each
  // knot where the pointer's path crosses it, so that a fast one leaves no hole.
  let stroke = null;
  const point = event => {
    const toPicture = left.svg.getScreenCTM().inverse();
    const p = new DOMPoint(event.clientX, event.clientY).matrixTransform(toPicture);
    return [p.x, p.y];
  };
  const nearest = u => {
    const away = x.map(t => Math.abs(left.X.at(t) - u));
    return away.indexOf(Math.min(...away));
  };
  left.svg.addEventListener('pointerdown', event => {
    const on = event.target.closest('.lr-knot'), [u, y] = point(event);
    const beside = !on && (event.pointerType === 'touch' || u < LEFT - 12); // a finger scrolls
    if (stroke || event.button || frozen() || beside) return;
    const held = on ? knots.indexOf(on) : nearest(u);
    left.svg.setPointerCapture(event.pointerId);
    knots[held].focus({ preventScroll: true });
    event.preventDefault();
    begin();
    if (!on) put(held, left.Y.value(y));
    const grip = left.Y.at(now[held]) - y; // a knot that is gripped off its centre does not jump
    stroke = { id: event.pointerId, held, grip, crossed: now[held], at: [u, y + grip] };
    draw();
  });
  left.svg.addEventListener('pointermove', event => {
    if (event.pointerId !== stroke?.id) return;
    const [u0, y0] = stroke.at, [u, raw] = point(event), y = raw + stroke.grip;
    x.forEach((t, i) => {
      const X = left.X.at(t);
      if (u === u0 || (X - u0) * (X - u) > 0) return;
      const crossing = left.Y.value(y0 + (y - y0) * (X - u0) / (u - u0));
      if (i === stroke.held) { stroke.crossed = crossing; return; }
      put(i, crossing);
      if (stroke.held !== null) { put(stroke.held, stroke.crossed); stroke.held = null; }
    });
    if (stroke.held !== null) put(stroke.held, left.Y.value(y));
    stroke.at = [u, y];
    draw();
  });
  // Chromium does not heed touch-action inside a picture: what keeps a knot from scrolling is this.
  const hold = event => event.preventDefault();
  for (const knot of knots) knot.addEventListener('touchstart', hold, { passive: false });
  const lift = event => { if (event.pointerId === stroke?.id) { stroke = null; end(); } };
  left.svg.addEventListener('pointerup', lift);
  left.svg.addEventListener('pointercancel', event => { // the browser took it, to scroll or to zoom
    if (event.pointerId === stroke?.id) { stroke = null; now = before; end(); }
  });

  knots.forEach((knot, i) => {
    knot.addEventListener('keydown', event => {
      const by = k => log ? now[i] * 10 ** (k / 50) : now[i] + k * axes.step;
      const up = by(event.shiftKey ? .1 : 1), down = by(event.shiftKey ? -.1 : -1);
      const value = { ArrowUp: up, ArrowRight: up, ArrowDown: down, ArrowLeft: down,
        PageUp: by(10), PageDown: by(-10), Home: low, End: high }[event.key];
      if (value === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      if (frozen() || stroke) return;
      begin();
      put(i, value);
      draw();
    });
    knot.addEventListener('keyup', () => { if (!stroke) end(`keys of knot ${i}`); });
    knot.addEventListener('blur', () => { if (!stroke) end(`keys of knot ${i}`); last = null; });
  });

  const bar = make(root, 'p'), button = (name, press) => {
    const made = make(bar, 'button', { type: 'button', ...OWN_KEYS }, name);
    made.addEventListener('click', press);
    return made;
  };
  if (bowl.shapes) bar.append('Start from: ');
  for (const name in bowl.shapes) button(name, () => all(bowl.shapes[name]));
  const undo = button('Undo', () => {
    const history = model.get('history');
    if (!history.length || frozen()) return;
    now = [...history.at(-1)];
    last = null;
    model.set('history', history.slice(0, -1));
    model.set('values', [...now]);
    model.save_changes();
    draw();
  });
  button('Clear', () => all(x.map(() => low)));
  const record = bowl.ghosts && button('Best so far', () => {
    if (model.get('best').length) all(model.get('best'));
  });
  show.push(() => {
    bar.hidden = frozen();
    undo.setAttribute('aria-disabled', !model.get('history').length);
    record?.setAttribute('aria-disabled', !model.get('best').length);
  });

  let truth;
  const reveal = () => {
    if (!frozen()) return;
    truth ??= left.line({ color: axes.colour, width: 4, name: 'what is true' });
    knots.forEach(knot => knot.setAttribute('aria-disabled', true));
    wipe(truth, model.get('truth'));
    draw();
  };
  const follow = () => { if (!before) { now = [...model.get('values')]; draw(); } };
  model.on('change:values', follow);
  model.on('change:truth', reveal);
  draw();
  reveal();
  return () => { model.off('change:values', follow); model.off('change:truth', reveal); };
}

export default { render };
