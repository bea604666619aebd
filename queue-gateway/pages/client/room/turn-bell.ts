import type { Translate } from '../../i18n/translate.ts';
import type { RoomWords } from '../../messages/room.ts';

/** Says that the turn has come: in the title always, aloud when the visitor asked for it. */
export interface TurnBell {
  /** Whether there is a turn to wait for. */
  offer(isWaiting: boolean): void;
  ring(): void;
  /** The turn is taken or gone. */
  stop(): void;
}

function playTwoNotes(audio: AudioContext): void {
  for (const [at, hertz] of [
    [0, 660],
    [0.22, 880],
  ] as const) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const from = audio.currentTime + at;
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.0001, from);
    volume.gain.exponentialRampToValueAtTime(0.2, from + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, from + 0.4);
    tone.connect(volume).connect(audio.destination);
    tone.start(from);
    tone.stop(from + 0.45);
  }
}

/** @param button asks for sound and notification: both need a click of the visitor. */
export function createTurnBell(
  button: HTMLButtonElement,
  t: Translate<keyof RoomWords>,
  concertName: string,
): TurnBell {
  const title = document.title;
  let audio: AudioContext | undefined;
  let blinking: ReturnType<typeof setInterval> | undefined;

  button.addEventListener('click', () => {
    audio ??= new AudioContext();
    playTwoNotes(audio);
    button.textContent = t('tellMeOn');
    button.disabled = true;
    if ('Notification' in window && Notification.permission === 'default')
      void Notification.requestPermission();
  });

  return {
    offer: (isWaiting) => (button.hidden = !isWaiting),
    ring() {
      if (blinking !== undefined) return;
      let on = true;
      document.title = `● ${t('titleReady')}`;
      blinking = setInterval(() => {
        on = !on;
        document.title = on ? `● ${t('titleReady')}` : title;
      }, 1_000);
      if (audio) playTwoNotes(audio);
      if (audio && 'Notification' in window && Notification.permission === 'granted')
        new Notification(t('readyTitle'), { body: concertName, tag: 'turn' });
    },
    stop() {
      clearInterval(blinking);
      blinking = undefined;
      document.title = title;
    },
  };
}
