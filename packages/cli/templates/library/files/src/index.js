/** Greets somebody by name. */
export const greet = (name) => `Hello, ${name}!`;
