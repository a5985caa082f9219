/** The oldest Node that can run the command: the database of the journal is a part of it since then. */
const oldest = [22, 19] as const;

/** What is wrong with a version of Node, in one line; undefined if the command runs on it. */
export const problem = (version: string): string | undefined => {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isOld = major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
  return isOld
    ? `orchestrator needs Node ${oldest.join(".")} or newer, and this is Node ${version}. Update Node, then try again.`
    : undefined;
};
