/** Of all three packages; they are released together. */
export const VERSION = "0.1.0"

/** Of the messages. */
export const PROTOCOL = 1
