/** The report of an incident, to be taken out as a file. */
import { type ReactNode, useState } from 'react';
import { recordActions } from '#domain/modules.ts';
import type { Problem } from '../api/problem.ts';
import { useCenter } from '../api/use-center.ts';
import { useMay } from '../frame/me.ts';
import { DetailPart } from './detail-part.tsx';
import { Refused } from './refused.tsx';
import { saveFile } from './save-file.ts';

const REPORT = recordActions('report');

/** An incident has a report once every unit of it is free again; until then the center says that there is none. */
export function IncidentReport({
  incident,
  number,
  site,
}: {
  readonly incident: string;
  readonly number: string;
  readonly site: string;
}): ReactNode {
  const center = useCenter();
  const may = useMay();
  const [problem, setProblem] = useState<Problem | null>(null);
  const get = async (): Promise<void> => {
    setProblem(null);
    const answer = await center.download({ path: `/v1/incidents/${encodeURIComponent(incident)}/report` });
    if (answer.ok) saveFile(answer.value, `Incident-report-${number}.pdf`);
    else setProblem(answer.problem);
  };
  return (
    <DetailPart title="Incident report" whyNot={REPORT ? may(REPORT.read, { site }) : 'There are no reports here.'}>
      <p>
        <button type="button" className="choice" onClick={() => void get()}>
          Take out the report (PDF)
        </button>
      </p>
      {problem ? (
        problem.code === 'document.unknown' ? (
          <p role="alert" className="error-line">
            There is no report yet: it is drawn when every unit of the incident is free again.
          </p>
        ) : (
          <Refused problem={problem} />
        )
      ) : (
        <p className="muted">Names the patient; that you read it is noted in the audit.</p>
      )}
    </DetailPart>
  );
}
