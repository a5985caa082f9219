import type { Place, Statement } from "../../DependencyText.ts";
import * as Blocks from "./Blocks.ts";
import { Outline } from "./Outline.ts";
import { withoutMarks } from "./Visible.ts";
import type { Work } from "./Work.ts";

/** Every reference holds one of these. */
const anyReference = /#|gh-|:\/\//i;

/** Scans a text and counts what it costs. */
export const counted = (text: string, place: Place, work: Work): ReadonlyArray<Statement> => {
  if (!anyReference.test(text)) return [];
  const outline = new Outline(place, work);
  for (const block of Blocks.read(withoutMarks(text), work)) outline.add(block);
  return outline.statements;
};
