import '@fontsource-variable/inter/wght.css';
import '../app/theme/theme.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { applyPreferences, preferences } from '../app/theme/preferences.ts';

applyPreferences(document.documentElement, preferences());

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <main className="p-6">
        <h1 className="text-lg font-semibold">Quantum Dispatch center</h1>
      </main>
    </StrictMode>,
  );
