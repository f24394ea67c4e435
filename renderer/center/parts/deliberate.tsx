/** A step that takes something away: says first what it does, asks for the reason, then does it. In place, never over the work. */

import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useDeed } from '../api/deed.ts';
import type { Answer } from '../api/problem.ts';
import { Form } from './form.tsx';
import { ReasonField } from './reason-field.tsx';

export function Deliberate({
  title,
  means,
  act,
  done,
  danger = true,
  reasonNeeded = false,
  refusedFor = null,
  children,
}: {
  readonly title: string;
  /** What will be so afterwards. */
  readonly means: ReactNode;
  readonly act: (reason: string) => Promise<Answer<unknown>>;
  /** What the footer says when it is done. */
  readonly done: string;
  readonly danger?: boolean;
  /** It is not done without one. */
  readonly reasonNeeded?: boolean;
  /** Why this is not open to the one who looks; known before the center is asked. */
  readonly refusedFor?: string | null;
  /** Fields that are asked before the reason. */
  readonly children?: ReactNode;
}): ReactNode {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const deed = useDeed();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (open) box.current?.querySelector('input')?.focus();
  }, [open]);
  if (refusedFor !== null) {
    return (
      <p className="muted">
        {title}: {refusedFor}
      </p>
    );
  }
  if (!open) {
    return (
      <button type="button" className={`choice${danger ? ' danger' : ''}`} onClick={() => setOpen(true)}>
        {title}
      </button>
    );
  }
  const leave = (): void => {
    deed.clear();
    setOpen(false);
  };
  return (
    <div ref={box} className={`strip ${danger ? 'strip-bad' : 'strip-accent'} deliberate`}>
      <p className="deliberate-means">{means}</p>
      <Form
        label={title}
        deed={deed}
        danger={danger}
        submit={title}
        onLeave={leave}
        onSubmit={() => {
          const finished = (): string => {
            setOpen(false);
            setReason('');
            return done;
          };
          const attempt = (): Promise<Answer<unknown>> => act(reason.trim());
          if (reasonNeeded) deed.runBecause(reason, attempt, finished);
          else deed.run(attempt, finished);
        }}
      >
        {children}
        <ReasonField value={reason} onChange={setReason} />
      </Form>
    </div>
  );
}
