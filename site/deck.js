// What a deck needs around the lesson's own elements: slides that fit, films that play when their
// slide comes, keys that stay where they belong. Runs before `course.js`, as one classic script.
const LEAVES = 690; // of a slide's 720 pixels, what its content may fill: reveal.js keeps a margin
// Type and pictures, in pixels of a slide; the first pair with which a slide fits is taken.
const SIZES = [[32, 560], [30, 560], [28, 540], [26, 540], [25, 500], [24, 460], [23, 420], [22, 380], [21, 345], [20, 315], [19, 285],
  [18, 255], [18, 225], [18, 195], [17, 195], [16, 180]];

// A page opened as a file cannot fetch: each table has a script beside it that hands it over.
const awaited = {};
window.table = (place, text) => awaited[place](Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer);
if (location.protocol === 'file:') {
  window.fetch = place => new Promise((done, fail) => {
    awaited[place] = buffer => done({ arrayBuffer: async () => buffer });
    const script = document.createElement('script');
    Object.assign(script, { src: place.replace(/bin$/, 'js'), onerror: fail });
    document.head.append(script);
  });
  // Nor does a file's address take a question mark: the positions of sliders are not kept in it.
  const keep = history.replaceState.bind(history);
  history.replaceState = (...all) => { try { keep(...all); } catch { /* not kept */ } };
}

// What the last class said is not what this one says.
const mine = `course:${location.pathname.split('/').pop().replace('.html', '')}:`;
try {
  for (const key of Object.keys(localStorage)) if (key.startsWith(mine)) localStorage.removeItem(key);
} catch { /* nothing is kept */ }

function fit(slide) {
  if (!slide) return;
  for (const [type, picture] of SIZES) {
    slide.style.setProperty('--type', `${type}px`);
    slide.style.setProperty('--picture', `${picture}px`);
    if (slide.scrollHeight <= LEAVES && slide.scrollWidth <= slide.clientWidth) return;
  }
}

// An animated picture starts when it is loaded: a new address loads it again.
let plays = 0;
function play(slide) {
  for (const film of slide?.querySelectorAll('img[data-film]') ?? [])
    film.src = `${film.src.split('?')[0]}?${++plays}`;
}

document.addEventListener('toggle', ({ target }) => {
  if (target.open) play(target);
  fit(Reveal.getCurrentSlide());
}, true);
const watch = new ResizeObserver(() => fit(Reveal.getCurrentSlide()));
function come({ currentSlide, previousSlide }) {
  watch.disconnect();
  previousSlide?.contains(document.activeElement) && document.activeElement.blur();
  play(currentSlide);
  fit(currentSlide);
  for (const part of currentSlide.children) watch.observe(part);
}

// Arrow keys belong to what has the focus, if it moves with them; a clicker's keys to the slides.
const MOVES = 'input, [role=slider], .lr-draw svg';
function keys(event) {
  const step = { PageDown: 'next', PageUp: 'prev' }[event.key];
  if (step) {
    event.preventDefault();
    event.stopImmediatePropagation();
    Reveal[step]();
  } else if (event.key === 'Escape' && document.activeElement?.closest(MOVES)) {
    event.stopImmediatePropagation();
    document.activeElement.blur();
  }
}
addEventListener('keydown', keys, true);

Reveal.initialize({
  width: 1280, height: 720, margin: 0.02, center: false, hash: true, slideNumber: 'c/t',
  transition: 'none', pdfSeparateFragments: false, pdfMaxPagesPerSlide: 1, touch: false,
  keyboardCondition: event => !(event?.target ?? document.activeElement)?.closest?.(MOVES),
}).then(async () => {
  Reveal.on('slidechanged', come);
  if (document.readyState !== 'complete') await new Promise(done => addEventListener('load', done));
  await MathJax.startup.promise;
  come({ currentSlide: Reveal.getCurrentSlide() });
  document.body.dataset.ready = true;
});
