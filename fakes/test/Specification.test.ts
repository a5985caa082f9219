import { describe, expect, it } from "vitest";
import { type Operation, Specification } from "../src/shared/Specification.ts";

const operation = (more: Partial<Operation>): Operation => ({
  endpoint: "one",
  method: "GET",
  path: "/things/{id}",
  parameters: [{ name: "id", in: "path", required: true, schema: { type: "integer" } }],
  answer: {},
  ...more,
});

const byId = operation({});
const newest = operation({ endpoint: "newest", path: "/things/newest", parameters: [] });
const search = operation({
  endpoint: "search",
  path: "/things",
  parameters: [
    { name: "q", in: "query", required: true, schema: { type: "string" } },
    { name: "all", in: "query", schema: { type: "boolean", default: false } },
  ],
});
const specification = new Specification([byId, newest, search]);

const read = (target: Operation, query: string, body = "") =>
  specification.read(
    target,
    { id: "1" },
    {
      method: "GET",
      pathname: "/",
      query: new URLSearchParams(query),
      contentType: "application/json",
      body,
    },
  );

describe("a specification", () => {
  it("prefers the path without parameters, and knows what else a path takes", () => {
    expect(specification.match("GET", "/things/newest")).toMatchObject({ operation: newest });
    expect(specification.match("GET", "/things/7")).toMatchObject({
      operation: byId,
      path: { id: "7" },
    });
    expect(specification.match("PUT", "/things/7")).toEqual({ allowed: ["GET"] });
    expect(specification.match("GET", "/things/7/8")).toBeNull();
    expect(specification.match("GET", "/x/things")).toBeNull();
  });

  it("reads text in the types of the parameters, with their defaults", () => {
    expect(read(byId, "").values).toEqual({ id: 1 });
    expect(read(search, "q=7&all=true").values).toEqual({ q: "7", all: true });
    expect(read(search, "q=").values).toEqual({ q: "", all: false });
  });

  it("finds what is missing or of the wrong type", () => {
    expect(read(search, "all=perhaps").problems).toEqual([
      { loc: ["query", "q"], msg: "Field required", type: "missing" },
      { loc: ["query", "all"], msg: "Input should be a valid boolean", type: "boolean_type" },
    ]);
  });

  it("notes what is passed over: strange and repeated parameters, a body where none belongs", () => {
    expect(read(search, "q=a&q=b&x=1", "{}").ignored).toEqual([
      "query parameter x is not in the specification and is ignored",
      "query parameter q is given more than once",
      "a body of 2 characters where none is specified",
    ]);
  });
});
