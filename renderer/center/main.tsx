import '../app/no-eval.ts';
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import '../app/theme/theme.css';
import '../ui/lists.css';
import '../app/header/header.css';
import './frame/frame.css';
import './parts/panel.css';
import './parts/list-detail.css';
import './parts/known.css';
import '../ui/form.css';
import './parts/form.css';
import './organisation/organisation.css';
import './permissions/permissions.css';
import './security/security.css';
import './audit/audit.css';
import './policy/policy.css';
import './sso/sso.css';
import './frame/narrow.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { keepMarksOut } from '../app/brought-text.ts';
import { holdComposing } from '../app/keys/composing.ts';
import { App } from './app.tsx';
import { beginPalette } from './frame/palette.ts';
import { takeBrought } from './sign-in/brought.ts';

beginPalette();
holdComposing();
keepMarksOut();
const begin = takeBrought();
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App begin={begin} />
    </StrictMode>,
  );
}
