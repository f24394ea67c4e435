/** Says once that the center is lost or back: the sentence of reach is drawn anew with each second, and is not read out. */
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useReach } from '../connection/use-station.ts';
import { reachSound } from '../sounds/board-sounds.ts';

export function CenterTurned(): ReactNode {
  const reach = useReach();
  const before = useRef(reach);
  const [said, setSaid] = useState('');
  useEffect(() => {
    const turned = reachSound(before.current, reach);
    before.current = reach;
    if (turned) setSaid(turned === 'center-lost' ? 'Center lost. Work goes on here.' : 'Center back.');
  }, [reach]);
  return (
    <div role="status" aria-label="Center" className="sr-only-text">
      {said}
    </div>
  );
}
