/** A window's station at a wire that a test holds the other end of. */
import type { StationPort, ToStation, ToWindow } from '#domain/bridge/message.ts';
import { createStation, type Station } from '../app/connection/station.ts';

export function stationWire(): {
  readonly station: Station;
  readonly sent: readonly ToStation[];
  readonly hear: (message: ToWindow) => void;
  readonly turn: (connected: boolean) => void;
} {
  const sent: ToStation[] = [];
  let hear: (message: ToWindow) => void = () => undefined;
  let turn: (connected: boolean) => void = () => undefined;
  const port: StationPort = {
    send: (message) => void sent.push(message),
    onMessage: (listener) => {
      hear = listener;
      return () => undefined;
    },
    onState: (listener) => {
      turn = listener;
      listener(false);
      return () => undefined;
    },
  };
  return {
    station: createStation(port),
    sent,
    hear: (message) => hear(message),
    turn: (up) => turn(up),
  };
}
