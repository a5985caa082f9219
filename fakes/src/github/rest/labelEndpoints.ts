import { invalid, refuse } from "../refusals.ts";
import type { Issue, Label } from "../world/model.ts";
import { addLabel, findLabel, removeLabel, setLabels } from "../world/threads.ts";
import { referenceOf } from "../world/World.ts";
import { labelAnswer } from "./issueAnswer.ts";
import {
  done,
  doingOf,
  type Endpoint,
  given,
  listed,
  ok,
  onIssue,
  type RepoRequest,
} from "./Request.ts";

const show = ({ place }: RepoRequest, { labels }: Issue) =>
  labels.map((label) => labelAnswer(place, label));

const list: Endpoint = (request) =>
  listed(request, "labels", request.repo.labels, (label) => labelAnswer(request.place, label));

const ofIssue = onIssue((request, issue) =>
  listed(request, `issues/${issue.number}/labels`, issue.labels, (label) =>
    labelAnswer(request.place, label),
  ),
);

const namesIn = (request: RepoRequest): ReadonlyArray<string> =>
  (given<ReadonlyArray<string | { readonly name: string }>>(request, "labels") ?? []).map((label) =>
    typeof label === "string" ? label : label.name,
  );

const after = (request: RepoRequest, issue: Issue, status = 200) =>
  done(
    status,
    status === 204 ? undefined : show(request, issue),
    "labels",
    issue.id,
    referenceOf(issue),
  );

const add = onIssue((request, issue) => {
  for (const name of namesIn(request)) addLabel(request.maker, issue, name, doingOf(request));
  return after(request, issue);
});

const set = onIssue((request, issue) => {
  setLabels(request.maker, issue, namesIn(request), doingOf(request));
  return after(request, issue);
});

const clear = onIssue((request, issue) => {
  setLabels(request.maker, issue, [], doingOf(request));
  return after(request, issue, 204);
});

const remove = onIssue((request, issue) => {
  const label = findLabel(issue.labels, String(request.reading.values["name"]));
  if (label === undefined) return refuse(404, "Label does not exist");
  removeLabel(request.maker, issue, label, doingOf(request));
  return after(request, issue);
});

const refuseLabel = (request: RepoRequest, name: string, color: string | undefined) => {
  const resource = "Label";
  if (findLabel(request.repo.labels, name) !== undefined)
    return invalid([{ resource, code: "already_exists", field: "name" }]);
  if (color !== undefined && !/^[0-9a-f]{6}$/i.test(color))
    return invalid([{ resource, code: "invalid", field: "color" }]);
  return null;
};

const create: Endpoint = (request) => {
  const { maker, repo, place } = request;
  const name = given<string>(request, "name")!;
  const color = given<string>(request, "color");
  const refusal = refuseLabel(request, name, color);
  if (refusal !== null) return refusal;
  const description = given<string>(request, "description");
  const label = maker.label(repo, name, {
    ...(color === undefined ? {} : { color }),
    ...(description === undefined ? {} : { description }),
  });
  return done(201, labelAnswer(place, label), "label", label.id, label.name);
};

/** An endpoint of one label, which is refused where there is none. */
const onLabel =
  (act: (request: RepoRequest, label: Label) => ReturnType<Endpoint>): Endpoint =>
  (request) => {
    const label = findLabel(request.repo.labels, String(request.reading.values["name"]));
    return label === undefined ? refuse(404) : act(request, label);
  };

const update = onLabel((request, label) => {
  const name = given<string>(request, "new_name") ?? label.name;
  const color = given<string>(request, "color") ?? label.color;
  const isSame = name.toLowerCase() === label.name.toLowerCase();
  const refusal = isSame ? null : refuseLabel(request, name, color);
  if (refusal !== null) return refusal;
  const description = given<string>(request, "description") ?? label.description;
  Object.assign(label, { name, color, description });
  return ok(labelAnswer(request.place, label));
});

const destroy = onLabel((request, label) => {
  for (const issue of request.repo.issues.values())
    if (issue.labels.includes(label)) removeLabel(request.maker, issue, label, doingOf(request));
  request.repo.labels.splice(request.repo.labels.indexOf(label), 1);
  request.access.world.drop(label);
  return { status: 204, body: undefined };
});

/** The endpoints of labels, of the repository and of its issues. */
export const labelEndpoints: Readonly<Record<string, Endpoint>> = {
  "labels.list": list,
  "labels.get": onLabel(({ place }, label) => ok(labelAnswer(place, label))),
  "labels.create": create,
  "labels.update": update,
  "labels.delete": destroy,
  "issues.labels": ofIssue,
  "issues.addLabels": add,
  "issues.setLabels": set,
  "issues.clearLabels": clear,
  "issues.removeLabel": remove,
};
