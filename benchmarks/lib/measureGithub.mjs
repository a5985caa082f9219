/** Everything that is measured of what a run asks of GitHub. */
import { record } from "./child.mjs";

export const measureGithub = ({ backlogs }) => ({
  backlogs: backlogs.map((shape) => record("backlog", shape)),
});
