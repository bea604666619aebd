/** What the server put into the page for its scripts. */
export function pageData<Data>(): Data {
  return JSON.parse(document.querySelector('#data')?.textContent ?? 'null') as Data;
}

export function element<E extends HTMLElement>(selector: string): E {
  const found = document.querySelector<E>(selector);
  if (!found) throw new Error(`The page has no ${selector}`);
  return found;
}
