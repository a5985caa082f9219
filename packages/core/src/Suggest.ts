/** "Did you mean …?" for words that people write: names of keys, of tasks, of placeholders. */
export { closest } from "./internal/suggest.ts";
