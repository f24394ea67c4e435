import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import '../app/theme/theme.css';
import '../app/header/header.css';
import './center.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { beginPalette } from './frame/palette.ts';
import { takeBrought } from './sign-in/brought.ts';

beginPalette();
const begin = takeBrought();
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App begin={begin} />
    </StrictMode>,
  );
}
