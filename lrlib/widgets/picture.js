// The picture under sliders: a still background, lines that move, words, the best try as a ghost.
// `unpack`, `draw` and `panel` know nothing of Python: a page without a kernel can use them on
// frames of its own. `render`, at the end, joins them to the sliders and to the kernel.
//
// A picture is { background, size: [width, height, shown width], looks, unit }; a look is
// { colour, clip, width, dashes, offset, cap } of a stroke or { colour, clip, radius } of points.
// A frame is { key, words, bold, at, score, error, points }: the position of the sliders, what is
// said of it and which part of that is bold, the position in words, a number (the lower the better)
// or null, whether the words are an error; for each look its unbroken runs, as [xs, ys] in pixels.

const STYLE = `
.lrlib-explorer { --jp-widgets-font-size: var(--jp-content-font-size1, 14px);
  --jp-widgets-inline-height: 2em; font-size: var(--jp-content-font-size1, 14px); }
.lrlib-explorer .widget-label, .lrlib-explorer .widget-readout { height: auto; }
.lrlib-explorer .widget-inline-hbox { max-width: 100%; } /* on a phone, too */
.jp-OutputArea:has(.lrlib-explorer) .jp-OutputArea-child:has(.lrlib-still),
.jp-OutputArea:has(.lrlib-explorer) .jp-OutputArea-child:has(+ * .lrlib-still) { display: none; }
.lrlib-panel { font-size: var(--jp-content-font-size1, 14px); line-height: 1.5;
  font-family: var(--jp-content-font-family, inherit);
  color: var(--jp-content-font-color1, inherit); }
.lrlib-panel canvas { display: block; max-width: 100%; }
.lrlib-panel canvas[aria-busy=true] { opacity: .4; }
.lrlib-panel p { margin: 0; }
.lrlib-said { min-height: 3em; padding: .3em 0; max-width: 60em; }
.lrlib-said p:empty { display: none; }
.lrlib-row { display: flex; gap: 1em; align-items: baseline; }
.lrlib-row button { font: inherit; color: inherit; white-space: nowrap; padding: .1em .6em;
  background: none; border: 1px solid currentColor; border-radius: .2em; cursor: pointer; }
.lrlib-status { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); }
`;
const KEPT = 1500;          // frames in memory
const AT_REST = 350;        // ms without a move, after which the words are announced
const PATIENCE = 400;       // ms without a frame, after which the page says that it waits

// The frames of one message: differences in parts of a pixel, low bytes first, then high bytes.
export async function unpack(frames, buffer, unit) {
  const stream = new Blob([buffer]).stream().pipeThrough(new DecompressionStream('deflate'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const half = bytes.length / 2;
  let at = 0;
  const numbers = n => {
    const out = new Float32Array(n);
    for (let i = 0, sum = 0; i < n; i++, at++) {
      sum += (bytes[at] << 16 | bytes[half + at] << 24) >> 16;
      out[i] = sum / unit;
    }
    return out;
  };
  return frames.map(({ runs, ...frame }) => (
    { ...frame, points: runs.map(track => track.map(n => [numbers(n), numbers(n)])) }));
}

// One look of a frame on a canvas.
function stroke(ink, look, runs) {
  ink.save();
  ink.beginPath();
  ink.rect(...look.clip);
  ink.clip();
  ink.strokeStyle = ink.fillStyle = look.colour;
  ink.beginPath();
  for (const [x, y] of runs) {
    for (let i = 0; i < x.length; i++) {
      if (look.radius) {
        ink.moveTo(x[i] + look.radius, y[i]);
        ink.arc(x[i], y[i], look.radius, 0, 7);
      } else if (i) ink.lineTo(x[i], y[i]);
      else ink.moveTo(x[i], y[i]);
    }
  }
  if (look.radius) ink.fill();
  else {
    ink.lineWidth = look.width;
    ink.setLineDash(look.dashes);
    ink.lineDashOffset = look.offset;
    ink.lineCap = look.cap;
    ink.lineJoin = 'round';
    ink.stroke();
  }
  ink.restore();
}

// A frame on a canvas: the still background, the ghost (a frame or null) below the moving lines.
export function draw(ink, still, looks, frame, ghost) {
  ink.drawImage(still, 0, 0);
  for (const [drawn, alpha] of [[ghost, 0.3], [frame, 1]]) {
    ink.globalAlpha = alpha;
    drawn?.points.forEach((runs, i) => stroke(ink, looks[i], runs));
  }
}

// The picture, its words and the row with the best try, made inside `el`. `show(frame)` draws a
// frame and counts it as a try, `rest()` announces it, `wait()` says that it is late; the button
// calls `reset`. `best`: a frame kept from before, or null.
export async function panel(el, picture, best, reset) {
  const add = (parent, tag, attributes = {}, text = '') => {
    const made = parent.appendChild(document.createElement(tag));
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    made.textContent = text;
    return made;
  };
  const [width, height, shown] = picture.size;
  add(el, 'style', {}, STYLE);
  const box = add(el, 'div', { class: 'lrlib-panel' });
  const canvas = add(box, 'canvas', { role: 'img', width, height, style: `width: ${shown}px` });
  const said = add(box, 'div', { class: 'lrlib-said' });
  const words = add(said, 'p', { 'aria-hidden': true });   // heard as the picture's name and status
  const alarm = add(said, 'p', { role: 'alert' });
  const row = add(box, 'div', { class: 'lrlib-row' });
  add(row, 'button', { type: 'button' }, 'Back to the start').onclick = reset;
  const record = add(row, 'span', { class: 'lrlib-best' });
  const status = add(box, 'div', { class: 'lrlib-status', role: 'status' });
  const ink = canvas.getContext('2d'), still = new Image();
  still.src = picture.background;
  await still.decode();
  draw(ink, still, picture.looks, null, null);
  let frame;
  const say = (calm, alarming) => {
    words.replaceChildren(...calm);
    if (alarm.textContent !== alarming) alarm.textContent = alarming;   // not said twice
  };
  return {
    best: () => best,
    show(next) {
      frame = next;
      if (frame.score !== null && !(best?.score <= frame.score)) best = frame;
      draw(ink, still, picture.looks, frame, best?.key === frame.key ? null : best);
      const [from, to] = frame.bold, verdict = document.createElement('b');
      verdict.textContent = frame.words.slice(from, to);
      if (frame.error) say([], frame.words);
      else say([frame.words.slice(0, from), verdict, frame.words.slice(to)], '');
      const lowest = best && +best.score.toPrecision(3);
      record.textContent = best ? `Best so far (pale): ${lowest} at ${best.at}` : '';
      canvas.setAttribute('aria-label', frame.words);
      canvas.removeAttribute('aria-busy');
      canvas.dataset.key = frame.key;
    },
    rest() { status.textContent = frame.error ? '' : frame.words; },
    wait() {
      canvas.setAttribute('aria-busy', true);
      say(['Waiting for Python …'], '');
    },
  };
}

// Where a control stands, in steps from its left end: `Place.key` in Python.
function place(model) {
  let value = Number(model.get('index') ?? model.get('value'));
  if (model.get('step') !== undefined) {
    const logarithmic = model.get('_model_name') === 'FloatLogSliderModel';
    if (logarithmic) value = Math.log(value) / Math.log(model.get('base'));
    value = (value - model.get('min')) / model.get('step');
  }
  return String(Math.round(value * 1000) / 1000 + 0);
}

// Give every slider's handle its label as its name, and its read-out as its value, again and again,
// since the slider writes a value of its own. False as long as there are no handles.
function name(box) {
  const handles = [...box.querySelectorAll('.noUi-handle:not([aria-label])')];
  for (const handle of handles) {
    const find = part => handle.closest('.widget-inline-hbox').querySelector(part);
    const label = find('.widget-label').textContent, readout = find('.widget-readout');
    const speak = () => {
      if (handle.getAttribute('aria-valuetext') === readout.textContent) return;
      handle.setAttribute('aria-valuetext', readout.textContent);
    };
    handle.setAttribute('aria-label', label);
    readout.setAttribute('aria-label', `${label}, value`);
    const watch = new MutationObserver(speak);
    watch.observe(handle, { attributes: true, attributeFilter: ['aria-valuetext'] });
    watch.observe(readout, { childList: true, characterData: true, subtree: true });
    speak();
  }
  return box.querySelector('.noUi-handle') !== null;
}

// JupyterLab takes plain keys for its own (`x` cuts the cell): not those pressed in an explorer.
function keepKeys(event) {
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  const theirs = modified || event.key === 'Escape' || (event.shiftKey && event.key === 'Enter');
  if (!theirs) event.stopPropagation();
}

async function render({ model, el }) {
  const controls = await Promise.all(model.get('controls').map(
    reference => model.widget_manager.get_model(reference.slice('IPY_MODEL_'.length))));
  const here = () => controls.map(place).join(' ');
  const reset = () => {
    controls.forEach((control, i) => control.set(
      control.get('index') === undefined ? 'value' : 'index', model.get('start')[i]));
    controls.forEach(control => control.save_changes());
  };
  const [background, size, looks] = ['background', 'size', 'looks'].map(name => model.get(name));
  const page = await panel(el, { background, size, looks }, model.get('best'), reset);
  const frames = new Map();
  let moving = false, resting = 0, late = 0, queue = Promise.resolve();

  const look = () => {                           // draw the present position, if its frame is here
    const frame = frames.get(here());
    if (!frame) return void (late ||= setTimeout(page.wait, PATIENCE));
    clearTimeout(late);
    late = 0;
    page.show(frame);
    clearTimeout(resting);
    if (moving) resting = setTimeout(rest, AT_REST);
  };
  const move = () => { moving = true; look(); };
  const rest = () => {
    moving = false;
    page.rest();
    const best = page.best();
    if (best && best.key !== model.get('best')?.key) {
      const points = best.points.map(runs => runs.map(run => run.map(axis => Array.from(axis))));
      model.set('best', { ...best, points });
      model.save_changes();
    }
    model.send({ kind: 'rest' });
  };
  const receive = ({ frames: told }, [buffer]) => {
    queue = queue.then(async () => {             // in the order of arrival
      for (const frame of await unpack(told, buffer, model.get('unit'))) {
        frames.delete(frame.key);
        frames.set(frame.key, frame);
      }
      while (frames.size > KEPT) frames.delete(frames.keys().next().value);
      if (told.some(frame => frame.key === here())) look();
    });
  };
  model.on('msg:custom', receive);
  controls.forEach(control => control.on('change:value change:index', move));
  const naming = setInterval(() => {             // until the sliders stand beside the picture
    const box = el.closest('.lrlib-explorer');
    if (!box || !name(box)) return;
    box.addEventListener('keydown', keepKeys);
    clearInterval(naming);
  }, 100);
  model.send({ kind: 'hello' });
  return () => {
    model.off('msg:custom', receive);
    controls.forEach(control => control.off('change:value change:index', move));
    [naming, resting, late].forEach(clearTimeout);   // which clears an interval, too
  };
}
export default { render };
