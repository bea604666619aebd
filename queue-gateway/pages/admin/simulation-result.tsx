import type { SaleForecast } from '../../../shared/contracts/simulation.ts';
import type { Format } from '../i18n/format.ts';
import type { AdminT } from './admin-frame.tsx';

export interface SimulationProps {
  t: AdminT;
  format: Format;
  played: SaleForecast | undefined;
  /** While it is played, or why it was not. */
  note?: string | undefined;
}

/** What a played sale came to. */
export function SimulationResult({ t, format, played, note }: SimulationProps) {
  if (note !== undefined) return <p class="fine">{note}</p>;
  if (!played) return null;
  const time = (seconds: number | null): string => (seconds === null ? '–' : format.clock(seconds));
  const rows: [string, string][] = [
    [
      t('soldOutIn'),
      played.soldOutSeconds === null
        ? t('notSoldOutAfter', { time: time(played.lastedSeconds), n: played.sold })
        : time(played.soldOutSeconds),
    ],
    [t('waitHalf'), time(played.waitP50Seconds)],
    [t('waitMost'), time(played.waitP90Seconds)],
    [t('longestWait'), time(played.waitLongestSeconds)],
    [t('peopleIn'), format.number(played.peopleIn)],
    [t('mostInside'), format.number(played.mostInside)],
    [t('notTaken'), `${Math.round(played.notTakenShare * 100)} %`],
    [t('waitingAtEnd'), format.number(played.waitingAtEnd)],
  ];
  return (
    <>
      <dl class="facts">
        {rows.map(([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {played.isWhole ? null : (
        <p class="notice">{t('playedPart', { time: time(played.lastedSeconds) })}</p>
      )}
      {played.peopleEach === 1 ? null : (
        <p class="fine">{t('playedEach', { n: format.number(played.peopleEach) })}</p>
      )}
    </>
  );
}
