// A question and its options as buttons. Nothing here knows the answer: what is chosen goes to
// Python, and `feedback` comes back, if at all.

const STYLE = `
.lr-predict { font-size: var(--jp-content-font-size1, 14px); line-height: 1.5;
  color: var(--jp-content-font-color1, CanvasText); }
.lr-predict p { margin: .3em 0; min-height: 1.5em; }
.lr-predict .lr-options { display: flex; flex-wrap: wrap; gap: 6px; padding: 2px; }
.lr-predict button { display: flex; flex-direction: column-reverse; max-width: 100%;
  padding: 4px 12px;
  font: inherit; color: inherit; text-align: left; background: var(--jp-layout-color2, ButtonFace);
  border: 2px solid transparent; border-radius: 4px; outline: 1px solid; }
.lr-predict button[aria-pressed=true] { border-color: #0072B2; box-shadow: inset 0 0 0 2px #fff;
  font-weight: bold; }
.lr-predict button:focus-visible { outline: 3px solid #0072B2; outline-offset: 2px; }
.lr-predict img { background: #fff; margin: 4px 0; }
.jp-OutputArea:has(.lr-live) .lr-still { display: none; }`;

export function make(parent, tag, attributes = {}, text = '') {
  const element = document.createElement(tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  element.textContent = text;
  parent.append(element);
  return element;
}

// What is chosen after a press on option i: one option, or the ranking so far. A ranking grows by
// one; its last place fills itself, and a press on that changes nothing; a press on any other that
// has a place takes this and all behind it away.
export function chosen(answer, i, ranking, n) {
  if (!ranking) return [i];
  if (answer.length === n && answer.at(-1) === i) return answer;
  if (answer.includes(i)) return answer.slice(0, answer.indexOf(i));
  const longer = [...answer, i];
  const rest = [...Array(n).keys()].filter(k => !longer.includes(k));
  return rest.length > 1 ? longer : [...longer, ...rest];
}

export function render({ model, el }) {
  const { question, options, ranking } = model.get('asked'), n = options.length;
  const root = make(el, 'div',
    { class: 'lr-live lr-predict', role: 'group', 'aria-label': question });
  make(root, 'style', {}, STYLE);
  make(make(root, 'p'), 'b', {}, question);
  const list = make(root, 'div', { class: 'lr-options' });
  const buttons = options.map(({ name, picture, alt }, i) => {
    // JupyterLab takes no shortcut from an element with this mark
    const button = make(list, 'button', { type: 'button', 'data-lm-suppress-shortcuts': 'true' });
    const words = make(button, 'span', {}, name), place = make(words, 'span');
    if (picture) make(button, 'img', { src: picture, alt, width: 150 });
    button.addEventListener('click', () => {
      model.set('answer', chosen(model.get('answer'), i, ranking, n));
      model.save_changes();
    });
    return { button, place };
  });
  const status = make(root, 'p', { role: 'status' });

  const show = () => {
    const answer = model.get('answer');
    buttons.forEach(({ button, place }, i) => {
      const at = answer.indexOf(i);
      button.setAttribute('aria-pressed', at >= 0);
      place.textContent = ranking && at >= 0 ? ` (place ${at + 1})` : '';
    });
    const names = answer.map(i => options[i].name).join(', then ');
    const said = names ? `You say: ${names}.` : 'Choose one.';
    const missing = `Press them in order: ${answer.length} of ${n} have a place.`;
    status.textContent = ranking && answer.length < n ? missing : model.get('feedback') || said;
  };
  model.on('change', show);
  show();
  return () => model.off('change', show);
}

export default { render };
