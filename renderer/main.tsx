import './app/no-eval.ts';
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './app/theme/theme.css';
import './ui/lists.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { keepMarksOut } from './app/brought-text.ts';
import { portOf } from './app/connection/port.ts';
import { createStation } from './app/connection/station.ts';
import { StationContext } from './app/connection/use-station.ts';
import { Console } from './app/console.tsx';
import { applyPreferences, preferences } from './app/theme/preferences.ts';
import { keptFragment, readAddress } from './app/windows/address.ts';

const address = readAddress(window.location.hash);
// The token is of no use to anyone who looks at the address later.
window.history.replaceState(null, '', `${window.location.pathname}${keptFragment(address)}`);
applyPreferences(document.documentElement, preferences());
keepMarksOut();

const station = createStation(portOf(window, address.token));
const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <StationContext value={station}>
        <Console panel={address.panel} />
      </StationContext>
    </StrictMode>,
  );
