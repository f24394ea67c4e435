import type { ReactNode } from 'react';
import { Cap } from '../../ui/key.tsx';
import type { Section } from './sections.tsx';

/** The screens, in groups, each with its key. */
export function Nav({ sections, at }: { readonly sections: readonly Section[]; readonly at: string }): ReactNode {
  const groups = [...new Set(sections.map(({ group }) => group))];
  return (
    <nav className="nav" aria-label="Screens" data-pane="">
      {groups.map((group) => (
        <div key={group}>
          <h2>{group}</h2>
          <ul>
            {sections
              .filter((section) => section.group === group)
              .map((section) => (
                <li key={section.id}>
                  <a
                    href={`#/${encodeURIComponent(section.id)}`}
                    title={section.title}
                    aria-current={section.id === at ? 'page' : undefined}
                    {...(section.id === at ? { 'data-panel-focus': '' } : {})}
                  >
                    <span>{section.title}</span>
                    <span className="nav-key" aria-hidden="true">
                      <Cap>G</Cap>
                      <Cap>{section.letter.toUpperCase()}</Cap>
                    </span>
                  </a>
                </li>
              ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
