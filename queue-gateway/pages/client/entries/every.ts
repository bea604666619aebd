/** On every page: says when the connection is gone, and that it is back. */
const banner = document.querySelector<HTMLElement>('#offline');

function show(): void {
  if (banner) banner.hidden = navigator.onLine;
}

window.addEventListener('online', show);
window.addEventListener('offline', show);
show();

// A form that is sent twice is sent once.
document.addEventListener('submit', (event) => {
  const { target } = event;
  if (!(target instanceof HTMLFormElement)) return;
  const buttons = target.querySelectorAll<HTMLButtonElement>('button.button');
  // After the browser has read the form: a disabled button would not be part of it. What a script
  // sends itself, it looks after itself.
  setTimeout(() => buttons.forEach((button) => (button.disabled = !event.defaultPrevented)));
});
// A page that comes back from memory can be sent again.
window.addEventListener('pageshow', () => {
  document
    .querySelectorAll<HTMLButtonElement>('form button.button')
    .forEach((button) => (button.disabled = false));
});
