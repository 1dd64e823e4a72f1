/** What it is depends on what comes after the end of the source. Once there is no more, it is nothing. */
export const pending: unique symbol = Symbol('pending');
