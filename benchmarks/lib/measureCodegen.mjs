/** Everything that is measured of the agent for the Codegen API. */
import { record } from "./child.mjs";

/** All launched together, or each end followed by another launch. */
const detections = ({ sizes, seconds, allowance, way }) =>
  sizes.map(({ slots, followed, seeds }) =>
    record("detection", {
      allowance,
      way,
      slots,
      tasks: way === "together" ? slots : followed,
      seeds: way === "together" ? seeds : 1,
      seconds: seconds[way],
    }),
  );

export const measureCodegen = ({ detection }) => ({
  detection: [
    ...detections({ ...detection, allowance: "documented", way: "together" }),
    ...detections({ ...detection, allowance: "documented", way: "followed" }),
    ...detections({ ...detection, allowance: "halved", way: "together" }),
  ],
});
