/** Who leaves work rings; the job that does it listens. Never waits, never fails. */
export interface Bell {
  ring(): void;
  onRing(listener: () => void): void;
}

export function createBell(): Bell {
  let listener: () => void = () => undefined;
  return {
    ring: () => listener(),
    onRing: (next) => {
      listener = next;
    },
  };
}
