/** One issue of a GitHub in memory, as far as reports change it: comments, labels, a board. */
import type { Asked, Answer, Handler } from "./stub.ts";
import { json, refused } from "./stub.ts";

export interface Desk {
  readonly handler: Handler;
  readonly comments: Array<{ readonly id: number; body: string; user: { login: string } }>;
  labels: Array<string>;
  /** The labels of the repository with their colours. */
  readonly palette: Map<string, string>;
  state: string;
  readonly board: {
    options: ReadonlyArray<{ readonly id: string; readonly name: string }>;
    /** Undefined: the issue is not on it. */
    option: string | undefined;
    isOn: boolean;
    isArchived: boolean;
    exists: boolean;
  };
  /** What answers instead, before anything happens; undefined: nobody. */
  before: (asked: Asked, operation: string) => Answer | undefined;
  /** What answers instead, after it happened. */
  after: (asked: Asked, operation: string) => Answer | undefined;
  /** The changes that were asked for, in their order. */
  readonly changes: Array<string>;
}

const viewer = "operator";

export const desk = (): Desk => {
  const made: Desk = {
    comments: [],
    labels: ["bug"],
    palette: new Map([["bug", "d73a4a"]]),
    state: "open",
    board: {
      options: ["Todo", "In Progress", "Done"].map((name, index) => ({ id: `o${index}`, name })),
      option: undefined,
      isOn: true,
      isArchived: false,
      exists: true,
    },
    before: () => undefined,
    after: () => undefined,
    changes: [],
    handler: (asked) => {
      const operation = operationOf(asked);
      if (asked.method !== "GET" && !/^[VB]/.test(operation)) made.changes.push(operation);
      const first = made.before(asked, operation);
      if (first !== undefined) return first;
      const answer = answerOf(made, asked, operation);
      return made.after(asked, operation) ?? answer;
    },
  };
  return made;
};

const operationOf = ({ body, method, url }: Asked): string => {
  const query = (body as { readonly query?: string } | undefined)?.query;
  const name = /^(?:query|mutation) (\w+)/.exec(query ?? "")?.[1];
  return (
    name ?? `${method} ${decodeURIComponent(url.pathname.replace(/^\/repos\/acme\/shop/, ""))}`
  );
};

const perPage = 100;

/** What bodies of requests have, as far as it is looked at. */
interface Given {
  readonly labels?: ReadonlyArray<string>;
  readonly body?: string;
  readonly name?: string;
  readonly color?: string;
  readonly state?: string;
  readonly variables?: Readonly<Record<string, string | undefined>>;
}

const answerOf = (made: Desk, asked: Asked, operation: string): Answer => {
  const { body, url } = asked;
  const given = (body ?? {}) as Given;
  const last = decodeURIComponent(url.pathname.split("/").at(-1) ?? "");
  const names = () => made.labels.map((name) => ({ name }));
  if (operation === "Viewer") return json({ data: { viewer: { login: viewer } } });
  if (/^(Board|SetBoard|AddTo)/.test(operation)) return json(boardAnswer(made, operation, given));
  switch (operation.replace(last, "*")) {
    case "GET /issues/1/*": {
      const page = Number(url.searchParams.get("page") ?? 1);
      const rows = made.comments.slice((page - 1) * perPage, page * perPage);
      const next = `<${url.origin}${url.pathname}?per_page=100&page=${page + 1}>; rel="next"`;
      return json(rows, made.comments.length > page * perPage ? { link: next } : {});
    }
    case "POST /issues/1/*":
      if (last === "labels") {
        const [name = ""] = given.labels ?? [];
        if (!made.labels.includes(name)) made.labels.push(name);
        if (!made.palette.has(name)) made.palette.set(name, "ededed");
        return json(names());
      }
      made.comments.push({
        id: made.comments.length + 1,
        body: given.body ?? "",
        user: { login: viewer },
      });
      return json(made.comments.at(-1), {}, 201);
    case "PATCH /issues/comments/*": {
      const comment = made.comments.find(({ id }) => String(id) === last);
      if (comment === undefined) return refused(404, "Not Found");
      comment.body = given.body ?? "";
      return json(comment);
    }
    case "DELETE /issues/1/labels/*":
      if (!made.labels.includes(last)) return refused(404, "Label does not exist");
      made.labels = made.labels.filter((name) => name !== last);
      return json(names());
    case "GET /labels/*":
      return made.palette.has(last) ? json({ name: last }) : refused(404, "Not Found");
    case "POST /*": {
      const { color = "", name = "" } = given;
      const isThere = made.palette.has(name);
      if (!isThere) made.palette.set(name, color);
      const errors = [{ resource: "Label", code: "already_exists", field: "name" }];
      return isThere
        ? json({ message: "Validation Failed", errors }, {}, 422)
        : json({ name }, {}, 201);
    }
    case "PATCH /issues/*":
      made.state = given.state ?? "";
      return json({ number: 1 });
    default:
      return refused(404, "Not Found");
  }
};

const boardAnswer = ({ board }: Desk, operation: string, { variables = {} }: Given): unknown => {
  switch (operation) {
    case "BoardStatusField": {
      const field = { id: "F", options: board.options };
      const project = { id: "P", field: variables["field"] === "Status" ? field : null };
      return { data: { owner: { projectV2: board.exists ? project : null } } };
    }
    case "BoardItem": {
      const { isArchived, isOn, option } = board;
      const value = option === undefined ? null : { optionId: option };
      const other = { id: "X", isArchived: false, project: { id: "Q" }, fieldValueByName: null };
      const item = { id: "I", isArchived, project: { id: "P" }, fieldValueByName: value };
      return {
        data: { node: { projectItems: { nodes: [other, null, ...(isOn ? [item] : [])] } } },
      };
    }
    case "AddToBoard":
      board.isOn = true;
      return { data: { addProjectV2ItemById: { item: { id: "I" } } } };
    default: {
      if (!board.options.some(({ id }) => id === variables["optionId"])) {
        const message = "The single select option Id does not belong to the field";
        const errors = [
          { type: "UNPROCESSABLE", path: ["updateProjectV2ItemFieldValue"], message },
        ];
        return { data: { updateProjectV2ItemFieldValue: null }, errors };
      }
      board.option = variables["optionId"];
      return { data: { updateProjectV2ItemFieldValue: { projectV2Item: { id: "I" } } } };
    }
  }
};
