import { describe, expect, it, onTestFinished } from "vitest";
import { Clock, Joined } from "../src/index.ts";
import { ask as askCodegen, paths } from "./support/client.ts";
import { ask, shopOf } from "./support/github.ts";

const start = async (options: Joined.JoinedOptions = {}) => {
  const clock = Clock.controlled();
  const github = { world: shopOf([{ title: "A" }, { title: "B" }]) };
  const fakes = await Joined.make({ clock, github, ...options });
  onTestFinished(() => fakes.close());
  const launch = async (number: number, attempt = 1) => {
    const task = `acme/shop#${number}`;
    const body = {
      prompt: "Do it.",
      metadata: { orchestrator: { task, attempt, key: `${attempt}` } },
    };
    return (await askCodegen(fakes.codegen, paths.create, { body })).body["id"];
  };
  const reported = async (id: unknown) => {
    const { body } = await askCodegen(fakes.codegen, paths.run(id));
    return body["github_pull_requests"] as ReadonlyArray<Record<string, unknown>>;
  };
  const pull = async (number: number) =>
    (await ask(fakes.github, `/repos/acme/shop/pulls/${number}`)).body;
  const advance = (seconds: number) => clock.advance(seconds * 1000);
  return { ...fakes, launch, reported, pull, advance };
};

type Fakes = Awaited<ReturnType<typeof start>>;

const merge = (fakes: Fakes, number: number) =>
  ask(fakes.github, `/repos/acme/shop/pulls/${number}/merge`, {
    method: "PUT",
    body: { sha: fakes.github.world.issue(`acme/shop#${number}`)!.pull!.sha },
  });

describe("an agent run that ends well", () => {
  it("has opened the pull request that it reports", async () => {
    const fakes = await start();
    const id = await fakes.launch(1);
    await fakes.advance(29);
    expect(await fakes.reported(id)).toEqual([]);
    expect((await ask(fakes.github, "/repos/acme/shop/pulls")).body).toEqual([]);
    await fakes.advance(31);
    const found = await fakes.pull(3);
    expect(found).toMatchObject({
      state: "open",
      title: "Change of acme/shop#1",
      body: "Fixes acme/shop#1",
      created_at: "2026-01-01T00:00:30Z",
      user: { login: "codegen-sh[bot]" },
      html_url: "https://github.com/acme/shop/pull/3",
    });
    const { ref } = found["head"] as { ref: string };
    expect(ref).toMatch(/^codegen-bot\/acme-shop-1-[0-9a-f]{6}$/);
    expect(await fakes.reported(id)).toMatchObject([
      { url: found["html_url"], head_branch_name: ref, created_at: "2026-01-01T00:00:30.000Z" },
    ]);
    expect(fakes.opened()).toMatchObject([
      { run: id, task: "acme/shop#1", attempt: 1, pull: "acme/shop#3", does: "open" },
    ]);
    expect(fakes.violations()).toEqual([]);
  });

  it("pushes to the pull request that an earlier run of its task opened, while it is open", async () => {
    const fakes = await start();
    await fakes.launch(1);
    await fakes.advance(30);
    const { sha } = (await fakes.pull(3))["head"] as { sha: string };
    const second = await fakes.launch(1, 2);
    await fakes.advance(30);
    expect((await fakes.reported(second))[0]).toMatchObject({
      url: "https://github.com/acme/shop/pull/3",
    });
    expect((await fakes.pull(3))["head"]).not.toMatchObject({ sha });
    fakes.github.people.close("acme/shop#3");
    const third = await fakes.launch(1, 3);
    await fakes.advance(30);
    expect((await fakes.reported(third))[0]).toMatchObject({
      url: "https://github.com/acme/shop/pull/4",
    });
    expect(fakes.opened().map(({ does }) => does)).toEqual(["open", "push", "open"]);
  });

  it("has worked from the base as it was at its launch, so that it may conflict", async () => {
    const files = ["shared.ts"];
    const fakes = await start({ opens: () => ({ files }) });
    await fakes.launch(1);
    await fakes.launch(2);
    await fakes.advance(30);
    expect((await merge(fakes, 3)).status).toBe(200);
    await fakes.advance(2);
    expect(await fakes.pull(4)).toMatchObject({ mergeable: false, mergeable_state: "dirty" });
    await fakes.launch(2, 2);
    await fakes.advance(32);
    expect(await fakes.pull(4)).toMatchObject({ mergeable: true });
    expect((await merge(fakes, 4)).status).toBe(200);
    expect((await ask(fakes.github, "/repos/acme/shop/issues?state=open")).body).toEqual([]);
    expect(fakes.github.judge.forbidden()).toEqual([]);
  });

  it("delivers what the rules say, which may be nothing or not reported", async () => {
    const checks = [{ name: "build", conclusion: "failure" as const }];
    const fakes = await start({
      opens: [
        { match: { task: "acme/shop#1", attempt: 1 }, opens: { does: "nothing" } },
        { match: { task: "acme/shop#1" }, opens: { checks, labels: ["hold"], draft: true } },
        { match: { prompt: "Do" }, opens: { reported: false, branch: "own", base: "main" } },
      ],
    });
    const [first, other] = [await fakes.launch(1), await fakes.launch(2)];
    await fakes.advance(30);
    expect(await fakes.reported(first)).toEqual([]);
    expect(await fakes.reported(other)).toEqual([]);
    expect(await fakes.pull(3)).toMatchObject({ head: { ref: "own" } });
    await fakes.launch(1, 2);
    await fakes.advance(30);
    expect(await fakes.pull(4)).toMatchObject({ draft: true, labels: [{ name: "hold" }] });
  });

  it("opens none after another end, and as many as its fate says", async () => {
    const fakes = await start({
      codegen: {
        script: {
          rules: [
            { match: { task: "acme/shop#1" }, fate: { end: "FAILED" } },
            { match: { task: "acme/shop#2" }, fate: { pullRequests: 2 } },
          ],
        },
      },
    });
    const [failed, double] = [await fakes.launch(1), await fakes.launch(2)];
    await fakes.advance(30);
    expect(await fakes.reported(failed)).toEqual([]);
    expect(await fakes.reported(double)).toHaveLength(2);
    expect((await ask(fakes.github, "/repos/acme/shop/pulls")).body).toHaveLength(2);
  });

  it("says where a rule makes no sense", async () => {
    const opens = [{ match: {}, opens: { colour: "red" } }] as unknown as Joined.Opens;
    await expect(Joined.make({ opens })).rejects.toThrow(/what agents open.*colour/s);
  });
});
