/** A sentence for the person at the terminal, where the way out is theirs; ends the program with code 2. */
export class Unusable extends Error {}
