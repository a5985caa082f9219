import type { Issue } from "../world/model.ts";
import { fullName } from "../world/World.ts";

/** Where the fake is: the bases of its API and of its pages. */
export interface Place {
  /** Without a slash at the end; with `/api/v3` on a server of one's own. */
  readonly api: string;
  readonly web: string;
}

/** ISO 8601 without milliseconds, as the service writes times. */
export const toText = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

export const toTextOrNull = (time: number | null): string | null =>
  time === null ? null : toText(time);

export const webUrlOf = ({ web }: Place, { repo, number, pull }: Issue): string =>
  `${web}/${fullName(repo)}/${pull === null ? "issues" : "pull"}/${number}`;
