import { leadingZeroBits, sha256 } from '../sha256.ts';

/** Longest piece of work before the page may breathe. */
const sliceMs = 24;

const form = document.querySelector<HTMLFormElement>('#puzzle');
const solution = form?.querySelector<HTMLInputElement>('[name=solution]');
const status = form?.querySelector<HTMLElement>('[data-working]');

/** Tries numbers in order until one fits, then goes on with the form. */
function work(from: number): void {
  if (!form || !solution) return;
  const { prefix = '', difficulty } = form.dataset;
  const end = performance.now() + sliceMs;
  let number = from;
  while (performance.now() < end) {
    if (leadingZeroBits(sha256(`${prefix}${number}`)) >= Number(difficulty)) {
      solution.value = String(number);
      return form.submit();
    }
    number += 1;
  }
  setTimeout(() => work(number));
}

if (status) status.textContent = status.dataset['working'] ?? '';
work(0);
