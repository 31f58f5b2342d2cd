// The theme that somebody chose, before anything is drawn: a classic script, which the page waits for.

(() => {
  const KEY = 'evershell-mock-theme';
  const root = document.documentElement;
  const kept = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // a browser that keeps nothing has the system's
    }
  };
  const show = () => {
    const theme = kept();
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  show();
  addEventListener('storage', show); // another tab chose
})();
