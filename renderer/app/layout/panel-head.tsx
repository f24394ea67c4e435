/** What stands over a panel: its name in the tab, and at the right what can be done with the one in hand. */
import type { IDockviewPanel } from 'dockview';
import { type ReactNode, useEffect, useRef } from 'react';
import { useStation } from '../connection/use-station.ts';
import { dock } from './dock-api.ts';
import { PANELS, panelName, panelSubject } from './panels.tsx';

export function Tab({ panel }: { readonly panel: string }): ReactNode {
  const kind = PANELS[panelName(panel)];
  const name = useRef<HTMLSpanElement>(null);
  // The tab is called what it says, not by the panel's id.
  useEffect(() => name.current?.closest('[role="tab"]')?.removeAttribute('aria-label'));
  // A call gets its number when its tab stands already, and the strip is as wide as its neighbours leave it: the tab in
  // hand is brought into sight whole again.
  useEffect(() => {
    const tab = name.current?.closest('[role="tab"]');
    if (!tab?.parentElement) return;
    const observer = new ResizeObserver(() => {
      if (tab.matches('.dv-active-tab')) tab.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    });
    for (const one of [tab, tab.parentElement]) observer.observe(one);
    return () => observer.disconnect();
  }, []);
  return (
    <span ref={name} className="contents">
      {kind?.Title ? <kind.Title subject={panelSubject(panel)} /> : (kind?.title ?? panel)}
    </span>
  );
}

export function HeadActions({ panel }: { readonly panel: IDockviewPanel }): ReactNode {
  const station = useStation();
  const kind = PANELS[panelName(panel.id)];
  // The region is called what the tab in hand says, not by the panel's id.
  useEffect(() => {
    const tab = document.querySelector(`[data-tab-panel-id="${CSS.escape(panel.id)}"]`);
    if (tab) tab.closest('[role="region"]')?.setAttribute('aria-labelledby', tab.id);
  }, [panel]);
  return (
    <>
      {kind?.Hint ? (
        <span>
          <kind.Hint />
        </span>
      ) : null}
      {kind?.passing ? null : (
        <HeadButton
          label="Whole height"
          title="The whole height for this panel, or back"
          drawn="M8 1.5v13M4.5 5 8 1.5 11.5 5M4.5 11 8 14.5 11.5 11"
          onClick={() => dock.tall(panel.id)}
        />
      )}
      <HeadButton
        label="Tear off"
        title="Into a window of its own"
        drawn="M9 2h5v5M14 2 8 8M6 3H2v11h11v-4"
        onClick={() => dock.tearOff(panel.id)}
      />
      {kind?.passing ? (
        <HeadButton
          label="Close panel"
          title="Close this panel; what was typed stays"
          drawn="m3 3 10 10M13 3 3 13"
          onClick={() => (kind.leave ? kind.leave(station, panelSubject(panel.id)) : dock.close(panel.id))}
        />
      ) : null}
    </>
  );
}

/** `drawn`: the path of its picture, in a square of 16. */
function HeadButton(props: {
  readonly label: string;
  readonly title: string;
  readonly drawn: string;
  readonly onClick: () => void;
}): ReactNode {
  return (
    <button type="button" title={props.title} aria-label={props.label} onClick={props.onClick}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={props.drawn} />
      </svg>
    </button>
  );
}
