/** Short synthesised sounds: which exist, and of which tones they are made. */

export const SOUND_KINDS = [
  'emergency',
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
  emergency: 'A unit’s emergency (repeats until seen)',
  'call-1': 'New call, priority 1 or none yet (repeats until seen)',
  'call-2': 'New call, priority 2',
  'call-3': 'New call, priority 3',
  'call-4': 'New call, priority 4',
  update: 'Somebody else’s update on an open call',
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
  /** Height of the wave at full volume, 0 to 1. */
  readonly gain: number;
}

/** A square wave of the same height is the louder and the sharper one. */
const GAIN = { sine: 0.3, triangle: 0.3, square: 0.12 } as const;
/** Priority 1 is the loudest of all calls, by its power and not only by its edge; a crew in need is louder still. */
const URGENT = 0.23;
const CRY = 0.28;

const tone = (
  pitch: number,
  from: number,
  length: number,
  wave: Tone['wave'] = 'triangle',
  gain: number = GAIN[wave],
): Tone => ({ pitch, from, length, wave, gain });

/**
 * Nobody tells a pitch by itself, so the priority of a call is told by counting: four pulses, three, two, one; a unit's
 * emergency wails. Any two sounds
 * differ in the number of pulses or in their rise and fall; where they do not, in pitch and length by far.
 */
export const TONES: { readonly [K in SoundKind]: readonly Tone[] } = {
  emergency: [0, 170, 340, 510, 680, 850].map((from, i) => tone(i % 2 === 0 ? 1568 : 784, from, 150, 'square', CRY)),
  'call-1': [
    tone(988, 0, 110, 'square', URGENT),
    tone(1319, 130, 110, 'square', URGENT),
    tone(988, 260, 110, 'square', URGENT),
    tone(1319, 390, 160, 'square', URGENT),
  ],
  'call-2': [tone(880, 0, 110), tone(1109, 140, 110), tone(1319, 280, 160)],
  'call-3': [tone(784, 0, 130), tone(784, 190, 150)],
  'call-4': [tone(523, 0, 160)],
  update: [tone(1047, 0, 60, 'sine'), tone(1047, 110, 60, 'sine')],
  timer: [tone(660, 0, 120), tone(660, 180, 120), tone(660, 360, 120)],
  done: [tone(1319, 0, 45, 'sine')],
  refused: [tone(233, 0, 150, 'square')],
  'center-lost': [tone(587, 0, 200), tone(440, 220, 300)],
  'center-back': [tone(440, 0, 160), tone(587, 180, 240)],
};
