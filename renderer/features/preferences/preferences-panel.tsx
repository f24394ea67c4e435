import { type ReactNode, useState } from 'react';
import { isNoneAlone, KEYS, keyCap, keyRefused, strokeOf } from '../../app/keys/key-map.ts';
import { play } from '../../app/sounds/player.ts';
import { SOUND_KINDS, SOUND_TITLES } from '../../app/sounds/tones.ts';
import { MAX_SCALE, MIN_SCALE, usePreferences } from '../../app/theme/preferences.ts';
import { useChangePreferences } from '../../app/theme/use-stored-preferences.ts';
import { Cap } from '../../ui/key.tsx';
import './preferences.css';

/** Palette, size, sounds and keys of this position. Every change takes effect at once. */
export function PreferencesPanel(): ReactNode {
  const chosen = usePreferences();
  const change = useChangePreferences();
  return (
    <div className="preferences">
      <fieldset>
        <legend>Palette</legend>
        {(['night', 'day'] as const).map((palette, i) => (
          <button
            type="button"
            key={palette}
            {...(i === 0 ? { 'data-panel-focus': '' } : {})}
            className="choice"
            aria-pressed={chosen.palette === palette}
            onClick={() => change({ palette })}
          >
            {palette === 'night' ? 'Night' : 'Day'}
          </button>
        ))}
      </fieldset>
      <fieldset>
        <legend>Size</legend>
        <label className="slider">
          <span className="mono">{chosen.scale} %</span>
          <input
            type="range"
            aria-label="Size in per cent"
            min={MIN_SCALE}
            max={MAX_SCALE}
            step={5}
            value={chosen.scale}
            onChange={(event) => change({ scale: Number(event.target.value) })}
          />
        </label>
      </fieldset>
      <fieldset>
        <legend>Sounds</legend>
        <button
          type="button"
          className="choice"
          aria-pressed={chosen.mute}
          onClick={() => change({ mute: !chosen.mute })}
        >
          {chosen.mute ? 'All muted — the header warns' : 'Mute all'}
        </button>
        {SOUND_KINDS.map((kind) => (
          <label key={kind} className="slider">
            <span>{SOUND_TITLES[kind]}</span>
            <span className="mono muted">{chosen.volume[kind] === 0 ? 'off' : `${chosen.volume[kind]} %`}</span>
            <input
              type="range"
              aria-label={`Volume: ${SOUND_TITLES[kind]}`}
              min={0}
              max={100}
              step={10}
              value={chosen.volume[kind]}
              onChange={(event) => {
                change({ volume: { ...chosen.volume, [kind]: Number(event.target.value) } });
                play(kind);
              }}
            />
          </label>
        ))}
      </fieldset>
      <Keys />
    </div>
  );
}

function Keys(): ReactNode {
  const { keys } = usePreferences();
  const change = useChangePreferences();
  const [asking, setAsking] = useState<string | null>(null);
  const [error, setError] = useState('');
  return (
    <fieldset>
      <legend>Keys</legend>
      <p className="muted mb-1 text-sm">
        Choose one and press its new key. Esc leaves it; Backspace takes the usual key back.
      </p>
      {error ? (
        <p role="alert" className="error-line">
          {error}
        </p>
      ) : null}
      <div className="keys">
        {KEYS.map((entry) => (
          <button
            type="button"
            key={entry.action}
            className="choice"
            aria-pressed={asking === entry.action}
            onClick={() => {
              setError('');
              setAsking(entry.action);
            }}
            onKeyDown={(event) => {
              if (asking !== entry.action || event.key === 'Tab' || isNoneAlone(event.key)) return;
              event.preventDefault();
              event.stopPropagation();
              setAsking(null);
              if (event.key === 'Escape') return;
              const { [entry.action]: _, ...rest } = keys;
              const stroke = event.key === 'Backspace' ? entry.key : strokeOf(event);
              const refused = keyRefused(entry, stroke, keys);
              if (refused) setError(refused);
              else change({ keys: stroke === entry.key ? rest : { ...rest, [entry.action]: stroke } });
            }}
          >
            <Cap>{asking === entry.action ? 'press…' : keyCap(keys[entry.action] ?? entry.key)}</Cap>
            {entry.title}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
