import { getReport, getReportCsv } from '../../shared/contracts/owners.ts';
import { answer } from '../http/answer.ts';
import type { Bind } from '../http/bind.ts';
import type { ReportService } from './report-service.ts';

export function reportRoutes(bind: Bind, reports: ReportService): void {
  bind(getReport, ({ params }) => reports.report(params.concertId));
  bind(getReportCsv, async ({ params }) =>
    answer({
      headers: { 'content-type': 'text/csv; charset=utf-8' },
      rawBody: await reports.csv(params.concertId),
    }),
  );
}
