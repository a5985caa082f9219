/** Whether this machine and the services agree about the time. */
import { type Finding, ok, warning } from "./DoctorFinding.ts";
import * as Text from "../terminal/Text.ts";
import { wait } from "../view/Words.ts";

/** More than answers take, and less than what anything relies on. */
const tolerance = 30_000;

/** Judges by how many milliseconds the clocks of services are ahead, by host. */
export const judge = (skews: ReadonlyMap<string, number>): ReadonlyArray<Finding> => {
  const wrong = [...skews].filter(([, skew]) => Math.abs(skew) > tolerance);
  if (wrong.length > 0) return wrong.map(told);
  if (skews.size === 0) return [];
  return [
    ok("clock", `agrees with ${[...skews.keys()].map((host) => Text.line(host)).join(", ")}`),
  ];
};

const told = ([host, skew]: readonly [string, number]): Finding => {
  const side = skew > 0 ? "behind" : "ahead of";
  return warning(
    "clock",
    `The clock here is ${wait(Math.abs(skew) / 1000)} ${side} that of ${Text.line(host)}: limits seem to end at other times than they do, tokens of an App are refused, and a repository may look abandoned by its orchestrator. Set it, for example with timedatectl set-ntp true.`,
  );
};
