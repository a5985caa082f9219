import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Permissions from "../src/Permissions.ts";
import { client, json, refused } from "./support/stub.ts";

const make = Effect.fnUntraced(function* (answer: (login: string) => Response) {
  const { asked, client: github } = yield* client(({ url }) =>
    answer(url.pathname.split("/").at(-2) ?? ""),
  );
  return { asked, permissions: Permissions.make(github) };
});

describe("Permissions", () => {
  it.effect("lets those write who have write, maintain or admin, and no one else", () =>
    Effect.gen(function* () {
      const { permissions } = yield* make((login) => json({ permission: login, user: null }));
      const found: Array<Permissions.MayWrite> = [];
      for (const login of ["admin", "maintain", "write", "triage", "read", "none"]) {
        found.push(yield* permissions.mayWrite("acme/shop", login));
      }
      expect(found).toEqual(["yes", "yes", "yes", "no", "no", "no"]);
      expect(permissions.shortfalls()).toEqual([]);
    }),
  );

  it.effect("asks once about each person in each repository, also when asked at once", () =>
    Effect.gen(function* () {
      const { asked, permissions } = yield* make(() => json({ permission: "write" }));
      const people = ["ada", "Ada", "bob", "ada"];
      const ask = (login: string) => permissions.mayWrite("acme/shop", login);
      yield* Effect.forEach(people, ask, { concurrency: "unbounded" });
      yield* permissions.mayWrite("acme/api", "ada");
      expect(asked.map(({ url }) => url.pathname)).toEqual([
        "/repos/acme/shop/collaborators/ada/permission",
        "/repos/acme/shop/collaborators/bob/permission",
        "/repos/acme/api/collaborators/ada/permission",
      ]);
    }),
  );

  it.effect("asks no further in a repository where the token may not, and says what it needs", () =>
    Effect.gen(function* () {
      const message = "Must have push access to view collaborator permission.";
      const { asked, permissions } = yield* make(() => refused(403, message));
      expect(yield* permissions.mayWrite("acme/shop", "ada")).toBe("unknown");
      expect(yield* permissions.mayWrite("acme/shop", "bob")).toBe("unknown");
      expect(asked).toHaveLength(1);
      const [sentence, ...others] = permissions.shortfalls();
      expect(sentence).toContain("who may write to acme/shop");
      expect(sentence).toContain("Metadata: read");
      expect(others).toEqual([]);
    }),
  );

  it.effect("knows nothing of an account that is not there", () =>
    Effect.gen(function* () {
      const { permissions } = yield* make(() => refused(404, "ghost is not a user"));
      expect(yield* permissions.mayWrite("acme/shop", "ghost")).toBe("unknown");
      expect(permissions.shortfalls()).toEqual([]);
    }),
  );
});
