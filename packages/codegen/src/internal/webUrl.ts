import type { AgentRun } from "../CodegenModel.ts";

/** Where people can look at an agent run; undefined unless it is a web address. */
export const webUrl = ({ web_url: url }: AgentRun): string | undefined => {
  const protocol = URL.parse(url ?? "")?.protocol;
  return protocol === "https:" || protocol === "http:" ? url : undefined;
};
