import { createHash, createPublicKey, verify } from "node:crypto";
import type { Reply } from "../shared/Service.ts";
import { refuse } from "./refusals.ts";
import { type Place, toText } from "./rest/place.ts";
import { repoAnswer } from "./rest/repoAnswer.ts";
import { userAnswer } from "./rest/userAnswer.ts";
import { type Access, reposOf, type Token } from "./world/Access.ts";
import type { AppInput, Level } from "./world/input.ts";
import type { Repo } from "./world/model.ts";

const hour = 3_600_000;

/** The apps of a world: who they are by their JWT, and the tokens that they get. */
export class Apps {
  readonly #access: Access;
  #issued = 0;

  constructor(access: Access) {
    this.#access = access;
  }

  /** The app that a JWT belongs to, or why it is refused. */
  read(jwt: string): AppInput | Reply {
    const [header, payload, signature] = jwt.split(".");
    if (!header || !payload || !signature) return undecodable;
    const claims = decode(payload);
    const app = this.#access.apps.find(
      ({ id, clientId }) => String(claims["iss"]) === String(id) || claims["iss"] === clientId,
    );
    if (app === undefined) return undecodable;
    const refusal = this.#refuseTimes(claims);
    if (refusal !== null) return refusal;
    const isSigned =
      app.publicKey === undefined ||
      (decode(header)["alg"] === "RS256" && isBy(app.publicKey, `${header}.${payload}`, signature));
    return isSigned ? app : undecodable;
  }

  installation(place: Place, app: AppInput, repo: Repo): Reply {
    if (!this.#reposOf(app).includes(repo)) return refuse(404);
    return { status: 200, body: this.#show(place, app) };
  }

  /** A new token of the installation, with no more than the app was given. */
  token(place: Place, app: AppInput, id: number, body: unknown): Reply {
    if (app.installation.id !== id) return refuse(404);
    const wanted = (body ?? {}) as Wanted;
    const { permissions = app.installation.permissions } = wanted;
    const excess = Object.keys(permissions).find(
      (area) => !covers(app.installation.permissions[area], permissions[area]!),
    );
    if (excess !== undefined)
      return refuse(422, "The permissions requested are not granted to this installation.");
    const repos = this.#chosen(app, wanted);
    if (repos === null)
      return refuse(
        422,
        "There is at least one repository that does not exist or is not accessible to the parent installation.",
      );
    return this.#issue(place, app, permissions, repos);
  }

  #issue(
    place: Place,
    app: AppInput,
    permissions: Readonly<Record<string, Level>>,
    repos: ReadonlyArray<Repo>,
  ): Reply {
    this.#issued += 1;
    const seed = `${app.id} ${app.installation.id} ${this.#issued}`;
    const token = `ghs_${createHash("sha256").update(seed).digest("hex").slice(0, 36)}`;
    const expiresAt = this.#access.world.clock.now() + hour;
    const granted: Token = {
      token,
      kind: "installation",
      user: null,
      scopes: [],
      permissions,
      expiresAt,
      repos: new Set(repos),
      owner: this.#ownerOf(app),
      bot: `${app.slug ?? "app"}[bot]`,
    };
    this.#access.grant(granted);
    const isAll =
      repos.length === this.#reposOf(app).length && app.installation.repos === undefined;
    const selected = { repositories: repos.map((repo) => repoAnswer(place, repo)) };
    return {
      status: 201,
      body: {
        token,
        expires_at: toText(expiresAt),
        permissions,
        repository_selection: isAll ? "all" : "selected",
        ...(isAll ? {} : selected),
      },
    };
  }

  #chosen(app: AppInput, { repositories, repository_ids }: Wanted): ReadonlyArray<Repo> | null {
    const all = this.#reposOf(app);
    if (repositories === undefined && repository_ids === undefined) return all;
    const named = (repositories ?? []).map((name) => all.find((repo) => repo.name === name));
    const numbered = (repository_ids ?? []).map((id) => all.find((repo) => repo.id === id));
    const found = [...named, ...numbered];
    return found.every((repo) => repo !== undefined) ? found : null;
  }

  #show(place: Place, { id, slug = "app", installation }: AppInput) {
    const owner = this.#ownerOf({ id, installation });
    const url = `${place.api}/app/installations/${installation.id}`;
    return {
      id: installation.id,
      account: userAnswer(place, owner),
      repository_selection: installation.repos === undefined ? "all" : "selected",
      access_tokens_url: `${url}/access_tokens`,
      repositories_url: `${place.api}/installation/repositories`,
      html_url: `${place.web}/organizations/${owner.login}/settings/installations/${installation.id}`,
      app_id: id,
      app_slug: slug,
      target_id: owner.id,
      target_type: owner.kind,
      permissions: installation.permissions,
      events: [],
      single_file_name: null,
      suspended_by: null,
      suspended_at: null,
      created_at: toText(owner.createdAt),
      updated_at: toText(owner.createdAt),
    };
  }

  #ownerOf({ installation }: Pick<AppInput, "id" | "installation">) {
    const owner = this.#access.world.account(installation.owner);
    if (owner !== null) return owner;
    throw new Error(
      `the world of the fake: an app is installed at ${installation.owner}, who is not there`,
    );
  }

  #reposOf(app: AppInput): ReadonlyArray<Repo> {
    const { world } = this.#access;
    const { repos } = app.installation;
    const owner = this.#ownerOf(app);
    if (repos === undefined) return world.repos.filter((repo) => repo.owner === owner);
    return [
      ...reposOf(
        world,
        repos.map((name) => (name.includes("/") ? name : `${owner.login}/${name}`)),
      ),
    ];
  }

  #refuseTimes({ iat, exp }: Readonly<Record<string, unknown>>): Reply | null {
    const now = this.#access.world.clock.now() / 1000;
    if (typeof exp !== "number" || exp > now + 600)
      return refuse(401, "'Expiration time' claim ('exp') is too far in the future");
    if (exp <= now)
      return refuse(
        401,
        "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
      );
    if (typeof iat !== "number" || iat > now)
      return refuse(
        401,
        "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
      );
    return null;
  }
}

interface Wanted {
  readonly repositories?: ReadonlyArray<string>;
  readonly repository_ids?: ReadonlyArray<number>;
  readonly permissions?: Readonly<Record<string, Level>>;
}

const undecodable = refuse(401, "A JSON web token could not be decoded");

const decode = (part: string): Readonly<Record<string, unknown>> => {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
};

const isBy = (publicKey: string, text: string, signature: string): boolean =>
  verify(
    "RSA-SHA256",
    Buffer.from(text),
    createPublicKey(publicKey),
    Buffer.from(signature, "base64url"),
  );

const levels: ReadonlyArray<Level> = ["read", "write", "admin"];

const covers = (given: Level | undefined, wanted: Level): boolean =>
  given !== undefined && levels.indexOf(given) >= levels.indexOf(wanted);
