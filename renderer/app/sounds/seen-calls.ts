/** Ids of the incidents that somebody has looked at in this window: what stood there when it opened, was selected, or silenced. */
export const seenCalls = new Set<string>();
