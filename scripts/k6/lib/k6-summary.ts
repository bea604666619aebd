import { callNames, countNames, gaugeNames, spanNames } from '../../load/io.ts';
import { type Distribution, type LoadSummary, summaryText } from '../../load/summary.ts';
import { plan } from './run.ts';

interface SummaryData {
  metrics: Record<string, { values: Record<string, number> }>;
  state: { testRunDurationMs: number };
}

type Values = Record<string, number>;

const distribution = (values: Values): Distribution => ({
  count: values['count'] ?? 0,
  p50Ms: values['med'] ?? 0,
  p95Ms: values['p(95)'] ?? 0,
  p99Ms: values['p(99)'] ?? 0,
  maxMs: values['max'] ?? 0,
});

/** Once for a machine (`LOAD_SUMMARY` names the file), once for a person. */
export function handleSummary(data: SummaryData): Record<string, string> {
  const valuesOf = (name: string): Values | undefined => data.metrics[name]?.values;
  const pick = <Name extends string, Value>(
    names: readonly Name[],
    read: (values: Values) => Value,
    prefix = '',
  ): Partial<Record<Name, Value>> =>
    Object.fromEntries(
      names.flatMap((name) => {
        const values = valuesOf(`${prefix}${name}`);
        return values ? [[name, read(values)]] : [];
      }),
    ) as Partial<Record<Name, Value>>;
  const summary: LoadSummary = {
    driver: 'k6',
    plan,
    seconds: data.state.testRunDurationMs / 1_000,
    calls: pick(callNames, distribution, 'call_'),
    spans: pick(spanNames, distribution),
    counts: pick(countNames, (values) => values['count'] ?? 0),
    gauges: pick(gaugeNames, (values) => values['value'] ?? 0),
  };
  const file = __ENV['LOAD_SUMMARY'];
  return {
    stdout: summaryText(summary),
    ...(file ? { [file]: JSON.stringify(summary, null, 2) } : {}),
  };
}
