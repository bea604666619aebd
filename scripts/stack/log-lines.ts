/** The levels of pino, as numbers in its lines. */
const levels: Record<string, number> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
  silent: 100,
};

const nameOfLevel = new Map(Object.entries(levels).map(([name, level]) => [level, name]));

export function levelNumber(name: string): number {
  return levels[name] ?? 40;
}

/** Cuts a stream of text into whole lines, whatever pieces it comes in. */
export function lineSplitter(onLine: (line: string) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  };
}

/**
 * A log line of a service as a person on the terminal wants it: short, and only from `minLevel`
 * on. What is no log line (a crash report, a warning of Node) is shown as it is.
 *
 * @returns undefined when the line is only for the log file
 */
export function terminalLine(service: string, line: string, minLevel: number): string | undefined {
  if (line.trim() === '') return undefined;
  const record = parseRecord(line);
  if (record === undefined) return `[${service}] ${line}`;
  if (record.level < minLevel) return undefined;
  const level = nameOfLevel.get(record.level) ?? String(record.level);
  const cause = record.err?.message === undefined ? '' : `: ${record.err.message}`;
  return `[${service}] ${level} ${record.msg ?? ''}${cause}`;
}

interface LogRecord {
  level: number;
  msg?: string;
  err?: { message?: string };
}

function parseRecord(line: string): LogRecord | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const record = JSON.parse(line) as Partial<LogRecord>;
    return typeof record.level === 'number' ? { ...record, level: record.level } : undefined;
  } catch {
    return undefined;
  }
}
