/** On every page: says when the connection is gone, and that it is back. */
const banner = document.querySelector<HTMLElement>('#offline');

function show(): void {
  if (banner) banner.hidden = navigator.onLine;
}

window.addEventListener('online', show);
window.addEventListener('offline', show);
show();

// A form that is sent twice is sent once.
document.addEventListener('submit', ({ target }) => {
  if (!(target instanceof HTMLFormElement)) return;
  const buttons = target.querySelectorAll<HTMLButtonElement>('button.button');
  // After the browser has read the form: a disabled button would not be part of it.
  setTimeout(() => buttons.forEach((button) => (button.disabled = true)));
});
// A page that comes back from memory can be sent again.
window.addEventListener('pageshow', () => {
  document
    .querySelectorAll<HTMLButtonElement>('form button.button')
    .forEach((button) => (button.disabled = false));
});
