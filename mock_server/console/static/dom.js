// Elements out of plain values. Whatever is shown becomes text: nothing here parses markup.

/** An element. `props` are attributes; `on` holds listeners, `value`, `checked` and `disabled` are properties. */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'on') for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (name === 'value' || name === 'checked' || name === 'disabled') element[name] = value;
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...flat(children));
  return element;
}

function flat(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

/** Replace the content of an element; the focus moves to the element of the same name, or stays near. */
export function fill(element, ...children) {
  const held =
    element.contains(document.activeElement) && document.activeElement !== element ? document.activeElement : null;
  element.replaceChildren(...flat(children));
  if (held === null) return element;
  const same = successorOf(held, element);
  if (!same) element.tabIndex = -1;
  (same ?? element).focus({ preventScroll: true });
  return element;
}

/** The element that stands in `root` for one that was replaced, by its name; undefined without one. */
export function successorOf(element, root) {
  return [...root.querySelectorAll('button, a, input, select, summary')].find(
    (each) => each === element || nameOf(each) === nameOf(element),
  );
}

function nameOf(element) {
  return element.dataset.key ?? element.getAttribute('aria-label') ?? element.textContent;
}

let ids = 0;

/** A new id for an element of the page. */
export function newId(prefix = 'id') {
  ids += 1;
  return `${prefix}-${ids}`;
}
