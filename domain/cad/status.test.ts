import { describe, expect, it } from 'vitest';
import { DEFAULT_STATUSES, TIME_ELEMENTS, TIME_OF } from './status.ts';

describe('the statuses that every site begins with', () => {
  it('have the codes, colours and times that dispatchers and NEMSIS know them by', () => {
    const table = DEFAULT_STATUSES.map(({ code, label, nightColour, standard }) => {
      const element = TIME_OF[standard];
      return `${code} ${label} ${nightColour} ${element === null ? '' : TIME_ELEMENTS[element].replace('eTimes', '')}`.trim();
    });
    expect(table).toEqual([
      'AV available #46c06a .13',
      'DP dispatched #62a8ff .03',
      'AK acknowledged #62a8ff .04',
      'ER en route #f0c24b .05',
      'SG staged #f29a4a .17',
      'OS on scene #ff6b61 .06',
      'AP at patient #ff8fb1 .07',
      'TR transporting #c29bff .09',
      'AH at destination #43cfd8 .11',
      'TC transfer of care done #43cfd8 .12',
      'PO posting #9ad27b',
      'OOS out of service #7d8994 .13',
      'OFF off duty #5d6c79 .13',
    ]);
  });

  it('lead on by one key from being sent to being free again', () => {
    const next = new Map(DEFAULT_STATUSES.map((status) => [status.code, status.next]));
    const chain = ['DP'];
    for (let code = next.get('DP'); code; code = next.get(code)) chain.push(code);
    expect(chain.join(' ')).toBe('DP ER OS AP TR AH TC AV');
  });

  it('ask for the hospital, the reason or the place where they are pressed', () => {
    const asking = DEFAULT_STATUSES.filter(({ asks }) => asks !== 'nothing').map(({ code, asks }) => `${code} ${asks}`);
    expect(asking).toEqual(['TR hospital', 'PO post', 'OOS reason']);
  });
});

it('times are named as NEMSIS names them', () => {
  expect(Object.entries(TIME_ELEMENTS).map(([name, element]) => `${element.replace('eTimes', '')} ${name}`)).toEqual([
    '.01 psapCall',
    '.02 dispatchNotified',
    '.03 unitNotified',
    '.04 acknowledged',
    '.05 enRoute',
    '.06 onScene',
    '.07 atPatient',
    '.08 transferOfCare',
    '.09 leftScene',
    '.11 atDestination',
    '.12 destinationTransfer',
    '.13 backInService',
    '.14 canceled',
    '.15 homeLocation',
    '.17 staged',
  ]);
});
