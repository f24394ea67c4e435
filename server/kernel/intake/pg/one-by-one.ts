/**
 * Ends a lateral subquery that finds the rows of one name by their key: what is named is then looked up name by name. A plan
 * is made once for a connection and kept, mostly while the tables are still small; without this it may be one that reads
 * everything an organisation has, which costs little that day and ever more from then on.
 */
export const ONE_BY_ONE = 'offset 0';
