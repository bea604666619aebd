import { Problem } from '../../shared/problems.ts';
import type { ReportRepository } from './report-repository.ts';
import { type Report, reportCsv, toReport } from './report-rules.ts';

/** What was sold, for the owner. Both throw Problem `not-found`. */
export interface ReportService {
  report(concertId: string): Promise<Report>;
  csv(concertId: string): Promise<string>;
}

export function createReportService(reports: ReportRepository): ReportService {
  const report = async (concertId: string): Promise<Report> => {
    const rows = await reports.rowsOf(concertId);
    if (!rows) throw new Problem('not-found');
    return toReport(concertId, rows);
  };
  return { report, csv: async (concertId) => reportCsv(await report(concertId)) };
}
