/** What this browser remembers of a place, so that progress goes on where it was, in every tab. */
export interface PlaceMemory {
  /** The position at which this number was first seen here, never less than the one it has now. */
  firstPosition(number: string, position: number): number;
}

export function openMemory(concertId: string): PlaceMemory {
  const key = `first-position-${concertId}`;
  let known = '';
  return {
    firstPosition(number, position) {
      known ||= read(key);
      const [knownNumber, first] = known.split(' ');
      if (knownNumber === number && Number(first) >= position) return Number(first);
      known = `${number} ${position}`;
      write(key, known);
      return position;
    },
  };
}

/** A browser may keep nothing for us; then a tab remembers as long as it is open. */
function read(key: string): string {
  try {
    return localStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Nothing to do: the tab itself remembers.
  }
}
