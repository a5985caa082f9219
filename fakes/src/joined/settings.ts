import { match } from "../codegen/settings.ts";
import { check, file } from "../github/settings.ts";
import { checkInput } from "../shared/checkInput.ts";
import type { Opens } from "./Publisher.ts";

const string = { type: "string" };
const boolean = { type: "boolean" };
const list = (items: object) => ({ type: "array", items });

const opens = {
  type: "object",
  additionalProperties: false,
  properties: {
    does: { enum: ["open", "push", "nothing"] },
    title: string,
    body: string,
    files: list(file),
    checks: list(check),
    draft: boolean,
    labels: list(string),
    base: string,
    branch: string,
    repo: string,
    author: string,
    failsInQueue: boolean,
    rebase: boolean,
    reported: boolean,
  },
};

const rules = list({
  type: "object",
  additionalProperties: false,
  required: ["match", "opens"],
  properties: { match, opens },
});

/** Fails on rules that make no sense, with the place of every mistake. */
export const checkOpens = (given: Opens): Opens =>
  typeof given === "function" ? given : checkInput("what agents open", rules, given);
