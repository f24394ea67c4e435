import type { ReactNode } from 'react';
import type { IncidentAsk } from '../../app/selection.ts';
import { AskCancel } from './ask-cancel.tsx';
import { AskClose } from './ask-close.tsx';
import { AskNote, AskPriority } from './ask-fields.tsx';
import { AskHold } from './ask-hold.tsx';
import { AskOther } from './ask-other.tsx';
import type { AskProps } from './ask-props.ts';
import { AskTime } from './ask-time.tsx';

/** One question about the incident, asked inside its panel; Esc goes back, what it was about stays in sight. */
export function AskInPlace({ kind, ...rest }: AskProps & { readonly kind: IncidentAsk }): ReactNode {
  switch (kind) {
    case 'note':
      return <AskNote {...rest} />;
    case 'time':
      return <AskTime {...rest} />;
    case 'hold':
      return <AskHold {...rest} />;
    case 'link':
    case 'merge':
      return <AskOther {...rest} way={kind} />;
    case 'cancel':
      return <AskCancel {...rest} />;
    case 'close':
      return <AskClose {...rest} />;
    case 'priority':
      return <AskPriority {...rest} />;
  }
}
