/**
 * Imported before everything else: zod tries with its first schema whether it may make functions out of text, which the policy of the page
 * stops, and the browser reports. Each opening of a page would then be counted as a violation, and an alert go off.
 */
import { config } from 'zod';

config({ jitless: true });
