import { type ReactNode, useEffect, useRef } from 'react';
import '../../features/sign-in/sign-in.css';
import { focusFirst } from '../parts/focus.ts';

/** What is shown while nobody is signed in: one card, its first field in hand. */
export function Card({
  title,
  said,
  children,
}: {
  readonly title: string;
  readonly said: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  const card = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another card begins at its first field
  useEffect(() => focusFirst(card.current), [title]);
  return (
    <main className="sign-in">
      <div ref={card} className="sign-in-card">
        <h1>{title}</h1>
        <div className="muted">{said}</div>
        {children}
      </div>
    </main>
  );
}
