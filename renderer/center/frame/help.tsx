import { type ReactNode, useEffect, useRef } from 'react';
import { keyCap } from '../../app/keys/key-map.ts';
import { Cap } from '../../ui/key.tsx';
import '../../features/help/help.css';
import { KEYS } from './keys.ts';
import type { Section } from './sections.tsx';

/** All keys on one card beside the work, which stays in sight. */
export function Help({
  sections,
  onClose,
}: {
  readonly sections: readonly Section[];
  readonly onClose: () => void;
}): ReactNode {
  const card = useRef<HTMLElement>(null);
  useEffect(() => card.current?.focus(), []);
  return (
    <aside ref={card} tabIndex={0} aria-label="Keys" className="help" data-pane="">
      <div className="flex items-baseline justify-between">
        <h2>Keys</h2>
        <button type="button" className="choice" onClick={onClose}>
          <Cap>F1</Cap> close
        </button>
      </div>
      <h3>Screens</h3>
      <dl>
        {sections.map(({ id, letter, title }) => (
          <div key={id}>
            <dt>
              <Cap>G</Cap> <Cap>{letter.toUpperCase()}</Cap>
            </dt>
            <dd>{title}</dd>
          </div>
        ))}
      </dl>
      <h3>From anywhere</h3>
      <dl>
        {KEYS.map(({ key, title }) => (
          <div key={key}>
            <dt>
              <Cap>{keyCap(key)}</Cap>
            </dt>
            <dd>{title}</dd>
          </div>
        ))}
      </dl>
      <h3>In lists</h3>
      <dl>
        <div>
          <dt>
            <Cap>↑ ↓</Cap> <Cap>Enter</Cap>
          </dt>
          <dd>Move, open at the side</dd>
        </div>
        <div>
          <dt>
            <Cap>← →</Cap>
          </dt>
          <dd>Another role in the permission matrix</dd>
        </div>
        <div>
          <dt>
            <Cap>Home End</Cap>
          </dt>
          <dd>First, last</dd>
        </div>
      </dl>
    </aside>
  );
}
