/** Numbers that renew themselves: the page is asked for again, and what is marked is put in place. */
const everyMs = 3_000;

async function renew(): Promise<void> {
  const places = document.querySelectorAll<HTMLElement>('[data-live]');
  const response = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (!response.ok || response.redirected) return;
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  for (const place of places) {
    const next = fresh.getElementById(place.id);
    // Whoever stands on a link in it with the keyboard is not moved away.
    if (next && !place.contains(document.activeElement)) place.replaceWith(next);
  }
}

function again(): void {
  setTimeout(() => {
    const work = document.visibilityState === 'visible' ? renew() : Promise.resolve();
    void work.catch(() => undefined).then(again);
  }, everyMs);
}

// A page that answered a form is not one to ask for again: its address is another page.
if (document.querySelector('[data-live]')) again();
