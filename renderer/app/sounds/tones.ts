/** Short synthesised sounds: which exist, and of which tones they are made. */

export const SOUND_KINDS = [
  'call-1',
  'call-2',
  'call-3',
  'call-4',
  'update',
  'timer',
  'done',
  'refused',
  'center-lost',
  'center-back',
] as const;
export type SoundKind = (typeof SOUND_KINDS)[number];

export const SOUND_TITLES: { readonly [K in SoundKind]: string } = {
  'call-1': 'New call, priority 1 (repeats until seen)',
  'call-2': 'New call, priority 2',
  'call-3': 'New call, priority 3',
  'call-4': 'New call, priority 4 or none',
  update: 'Update on an open call',
  timer: 'A time ran out',
  done: 'Command done',
  refused: 'Refused',
  'center-lost': 'Center lost',
  'center-back': 'Center back',
};

export interface Tone {
  /** Hz. */
  readonly pitch: number;
  /** ms from the start of the sound, and how long. */
  readonly from: number;
  readonly length: number;
  readonly wave: 'sine' | 'triangle' | 'square';
}

const tone = (pitch: number, from: number, length: number, wave: Tone['wave'] = 'triangle'): Tone => ({
  pitch,
  from,
  length,
  wave,
});

export const TONES: { readonly [K in SoundKind]: readonly Tone[] } = {
  'call-1': [
    tone(988, 0, 110, 'square'),
    tone(1319, 130, 110, 'square'),
    tone(988, 260, 110, 'square'),
    tone(1319, 390, 160, 'square'),
  ],
  'call-2': [tone(880, 0, 120), tone(1175, 150, 160)],
  'call-3': [tone(784, 0, 160)],
  'call-4': [tone(523, 0, 140)],
  update: [tone(1047, 0, 60, 'sine'), tone(1047, 110, 60, 'sine')],
  timer: [tone(660, 0, 120), tone(660, 180, 120), tone(660, 360, 120)],
  done: [tone(1319, 0, 45, 'sine')],
  refused: [tone(233, 0, 150, 'square')],
  'center-lost': [tone(587, 0, 200), tone(440, 220, 300)],
  'center-back': [tone(440, 0, 160), tone(587, 180, 240)],
};
