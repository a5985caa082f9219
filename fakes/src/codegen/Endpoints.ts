import type { Effect } from "../shared/Audit.ts";
import type { Clock } from "../shared/Clock.ts";
import type { Bend } from "../shared/Fault.ts";
import type { Reply } from "../shared/Service.ts";
import type { Reading } from "../shared/Specification.ts";
import { logsAnswer, pageOf, runAnswer } from "./answers.ts";
import { noRepos, refuse } from "./refusals.ts";
import type { Run, RunStart } from "./Run.ts";
import type { Runs } from "./Runs.ts";
import { at } from "./Script.ts";
import { organizationAnswer, repoAnswer, type User, userAnswer, type World } from "./World.ts";

/** A request that was admitted. */
export interface Request {
  readonly endpoint: string;
  readonly user: User;
  readonly reading: Reading;
  readonly bends: ReadonlyArray<Bend>;
  /** Notes what the caller got wrong although the specification allows it. */
  readonly violate: (sentence: string) => void;
}

type Handler = (request: Request) => Reply;

/** What each endpoint does. */
export class Endpoints {
  readonly #world: World;
  readonly #runs: Runs;
  readonly #clock: Clock;
  readonly #handlers: Readonly<Record<string, Handler>>;

  constructor(options: { readonly world: World; readonly runs: Runs; readonly clock: Clock }) {
    this.#world = options.world;
    this.#runs = options.runs;
    this.#clock = options.clock;
    this.#handlers = {
      create: (request) => this.#create(request),
      resume: (request) => this.#resume(request),
      ban: (request) => this.#ban(request),
      get: (request) => this.#get(request),
      list: (request) => this.#list(request),
      logs: (request) => this.#logs(request),
      repos: (request) => this.#repos(request),
      models: () => ok(this.#world.models),
      organizations: (request) => this.#organizations(request),
      me: ({ user }) => ok(userAnswer(user)),
    };
  }

  act(request: Request): Reply {
    return this.#handlers[request.endpoint]!(request);
  }

  /** The name of the repository that a run works in. */
  static repoName(world: World, { orgId, repoId }: RunStart): string {
    const repos = world.repos.filter((repo) => repo.orgId === orgId);
    return (repos.find((repo) => repo.id === repoId) ?? repos[0])?.full_name ?? "nobody/nothing";
  }

  #create(request: Request): Reply {
    const body = request.reading.body as Record<string, unknown>;
    const refusal = this.#refuseLaunch(request, body);
    if (refusal !== null) return refusal;
    const run = this.#runs.launch({
      orgId: orgOf(request),
      userId: request.user.id,
      sourceType: "API",
      prompt: body["prompt"] as string,
      metadata: body["metadata"] ?? null,
      repoId: (body["repo_id"] as number | undefined) ?? null,
      model: (body["model"] as string | undefined) ?? null,
      agentType: (body["agent_type"] as string | undefined) ?? null,
    });
    return { ...ok(this.#show(run, this.#clock.now())), effect: effectOn("created", run) };
  }

  #refuseLaunch(request: Request, body: Record<string, unknown>): Reply | null {
    const org = this.#world.orgs.find(({ id }) => id === orgOf(request));
    const launched = this.#runs.launched.filter((run) => run.start.orgId === org?.id);
    if (launched.length >= (org?.agentRuns ?? Infinity)) return refuse(402);
    const repos = this.#world.repos.filter((repo) => repo.orgId === org?.id);
    if (repos.length === 0) return noRepos;
    this.#questionModel(request, body["model"]);
    const repo = body["repo_id"] ?? null;
    if (repo === null || repos.some(({ id }) => id === repo)) return null;
    request.violate(`body.repo_id: ${String(repo)} is no repository of the organization`);
    return noRepos;
  }

  /** What the service does with a model that it does not list is unknown: the launch goes on. */
  #questionModel({ violate }: Request, model: unknown): void {
    const listed = this.#world.models.providers.flatMap(({ models }) => models);
    if (typeof model !== "string" || listed.some(({ value }) => value === model)) return;
    violate(`body.model: ${model} is not one of the models`);
  }

  #resume(request: Request): Reply {
    const body = request.reading.body as { readonly agent_run_id: number; readonly prompt: string };
    const run = this.#runs.get(orgOf(request), body.agent_run_id);
    if (run === null) return refuse(404);
    const now = this.#clock.now();
    run.resume(now, body.prompt);
    return { ...ok(this.#show(run, now)), effect: effectOn("resumed", run) };
  }

  #ban(request: Request): Reply {
    const body = request.reading.body as { readonly agent_run_id: number };
    const run = this.#runs.get(orgOf(request), body.agent_run_id);
    if (run === null) return refuse(404);
    this.#runs.ban(run, this.#clock.now());
    return { ...ok({}), effect: effectOn("banned", run) };
  }

  #get(request: Request): Reply {
    const then = this.#moment(request);
    const run = this.#runs.get(orgOf(request), request.reading.values["agent_run_id"] as number);
    const isThere = run !== null && run.start.createdAt <= then && !run.isAbsent("get", then);
    return isThere ? this.#tell([run], then, this.#show(run, then)) : refuse(404);
  }

  #list(request: Request): Reply {
    this.#insert(request);
    const then = this.#moment(request);
    const { values } = request.reading;
    const filter = {
      orgId: orgOf(request),
      userId: values["user_id"] as number | null,
      sourceType: values["source_type"] as string | null,
    };
    const lag = request.bends.find((bend) => bend.kind === "list-lag");
    const newest = this.#clock.now() - (lag?.seconds ?? 0) * 1000;
    const known = this.#runs.list(filter, then).filter((run) => run.start.createdAt <= newest);
    const page = paged(known, request);
    const items = page.items.map((run) => this.#show(run, then));
    return this.#tell(page.items, then, { ...page, items });
  }

  #logs(request: Request): Reply {
    const { values } = request.reading;
    const run = this.#runs.get(orgOf(request), values["agent_run_id"] as number);
    if (run === null) return refuse(404);
    const [skip, limit] = [values["skip"] as number, values["limit"] as number];
    const reverse = values["reverse"] as boolean;
    return ok(logsAnswer(run, this.#moment(request), { skip, limit, reverse }));
  }

  #repos(request: Request): Reply {
    const mine = this.#world.repos.filter((repo) => repo.orgId === orgOf(request));
    return ok(paged(mine.map(repoAnswer), request));
  }

  #organizations(request: Request): Reply {
    const mine = this.#world.orgs.filter(({ id }) => request.user.orgs.includes(id));
    return ok(paged(mine.map(organizationAnswer), request));
  }

  #show(run: Run, now: number): Record<string, unknown> {
    return runAnswer(run, now, Endpoints.repoName(this.#world, run.start));
  }

  /** Remembers when a client first learned of an end, once it has the answer. */
  #tell(shown: ReadonlyArray<Run>, then: number, body: unknown): Reply {
    const ended = shown.filter((run) => run.toldAt === null && run.endedAt(then) !== null);
    const delivered = () => {
      for (const run of ended) run.toldAt ??= this.#clock.now();
    };
    return { ...ok(body), delivered };
  }

  #moment({ bends }: Request): number {
    const stale = bends.find((bend) => bend.kind === "stale");
    return this.#clock.now() - (stale?.seconds ?? 0) * 1000;
  }

  #insert({ bends, user, reading }: Request): void {
    for (const bend of bends) {
      if (bend.kind !== "insert") continue;
      const mine = bend.by === "others" ? {} : { userId: user.id };
      const orgId = reading.values["org_id"] as number;
      for (let count = 0; count < bend.count; count++) this.#runs.add({ orgId, ...mine });
    }
  }
}

const ok = (body: unknown): Reply => ({ status: 200, body });

const orgOf = ({ reading }: Request): number => reading.values["org_id"] as number;

const paged = <A>(all: ReadonlyArray<A>, { reading }: Request) =>
  pageOf(all, reading.values["skip"] as number, reading.values["limit"] as number);

const effectOn = (type: string, { start }: Run): Effect => ({
  type,
  id: start.id,
  key: textAt(start.metadata, "orchestrator.key"),
  task: textAt(start.metadata, "orchestrator.task"),
});

const textAt = (metadata: unknown, path: string): string | null => {
  const found = at(metadata, path);
  return typeof found === "string" ? found : null;
};
