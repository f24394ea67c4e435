/** What the environment says to the station alone: its passphrase and one-time codes. */
const OURS = /^QD_/;

/**
 * The environment for the station's process. What is the station's is taken out of the one given, which windows are started
 * with and their preload script reads.
 */
export function environmentOfStation(env: NodeJS.ProcessEnv): Record<string, string> {
  const whole: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue;
    whole[name] = value;
    if (OURS.test(name)) delete env[name];
  }
  return whole;
}
