/** Days that once failed, as they were then. */
import type { Day } from './thread.ts';

/** Where what came before changes, a seed is another day. */
type Found = readonly (readonly [seed: number, found: string])[];

const asThen = (kinds: Day['kinds'], found: Found): readonly Day[] => found.map(([seed]) => ({ seed, kinds }));

/** Each with what it found. */
export const FAILED_ONCE: readonly Day[] = [
  ...asThen({ before: 'later' }, [
    [7, 'verdicts of the center from before its restore stood at stations alone'],
    [13, 'an incident whose opening was set aside kept its number where it had been seen before'],
    [20, 'a contested fact that an older build did not read was not seen beside the others once it had been updated'],
    [48, 'two restores from one backup leased numbers twice; one is shown as an alias'],
    [64, 'the center’s database was put back under a running center, and nobody noticed'],
    [69, 'a unit that was sent before its incident’s opening came stood without a number'],
    [85, 'a supervisor’s word of an outage and the center’s on a sign-in shown since settled nothing between them'],
    [123, 'a station that began from a snapshot was held to what a snapshot leaves out'],
    [203, 'a station that had begun from a snapshot did not hear again what the center said of what it had dropped'],
    [269, 'what a station had dropped when the power went, before it could tell, was looked for there'],
    [1029, 'another site to which an incident was shown had assignments of units here on it by its own word'],
    [7_300_042, 'the center was put back unnoticed and had grown past a cursor again before that station greeted'],
  ]),
  ...asThen({ before: 'numbersOfBoth' }, [
    [
      45,
      'a station that began from a snapshot counted a fact of another site twice: its base had it, and so had the stream',
    ],
    [119, 'the center’s clock went back before its backup was put back, and it leased numbers twice'],
    [
      9_600_046,
      'another site linked an incident with one that it had been shown, and a new workstation had it without number',
    ],
  ]),
  ...asThen({ before: 'erases' }, [
    [
      700_407,
      'a sign-in that a restore had forgotten ended when its person was changed, though nothing was taken from them',
    ],
    [
      700_869,
      'a station that began from a snapshot handed its peers the center’s own word, of an epoch that was over for them',
    ],
  ]),
  ...asThen({ before: 'fills' }, [
    [
      710_005,
      'units’ statuses went with the incidents they had been on: who folded anew had units where others had not',
    ],
    [710_010, 'a center that was put back could read what it had erased since, and took it from whoever had not heard'],
  ]),
  ...asThen({ before: 'takesOver' }, [
    [150, 'the judge of torn writes had a log of writes begin anew before what it held was copied back'],
    [714_038, 'what was contested of an incident that was erased was looked for where nobody sees it'],
  ]),
  ...asThen({ before: 'readsOld', breaks: true }, [
    [
      108,
      'salvage sent the header of a fact whose body a page had lost, and the center took no body of it from others',
    ],
    [170, 'a log that another one said was lost in part was begun twice where a store was read out again'],
    [
      717_011,
      'what could be read again, for its key had come back, was told nobody: an open incident’s lines stayed as they were',
    ],
    [719_089, 'a last write that had been copied back was taken for torn: newer pages were read beside older ones'],
    [
      720_016,
      'what lay whole on the disk, under a key whose name was lost with its page, was lost though everybody had the key',
    ],
    [
      721_128,
      'what lay whole on the disk, under a key that only that disk had had, was looked for: damage took its last copy',
    ],
  ]),
  ...asThen({ before: 'takesOver', breaks: true }, [
    [
      714_007,
      'a workstation that began from a snapshot offered for ever what the center had, and another had declared lost',
    ],
  ]),
  ...asThen({ before: 'rotates' }, [
    [
      790_005,
      'an erasure that only one had heard of was forgotten with its disk, after the center was put back: what it had handed on without bodies was taken for erased',
    ],
    [
      800_024,
      'a torn last write that took back what the one before it had done was taken for one that had been copied back: a sound store for damaged',
    ],
    [
      800_115,
      'a center that was put back took no word of an erasure that it had said to another site, and that this one had come to hold with the incident',
    ],
  ]),
  ...asThen({ breaks: true }, [
    [
      830_160,
      'a unit of another site that was never sent had come to the scene at the one console that knew a time of it, and not at the other',
    ],
  ]),
];
