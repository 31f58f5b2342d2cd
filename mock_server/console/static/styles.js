// Style sheets of views that have much of their own: each is loaded once, when its view is first looked at.

const loading = new Map();

/** Return what is fulfilled once a style sheet of the console is there, or cannot be. */
export function styled(name) {
  if (!loading.has(name)) {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = new URL(`${name}.css`, import.meta.url).href;
    loading.set(
      name,
      new Promise((done) => {
        link.addEventListener('load', done);
        link.addEventListener('error', done);
      }),
    );
    document.head.append(link);
  }
  return loading.get(name);
}
