/** An organisation and what it has. */
export interface Organization {
  readonly id: number;
  readonly name: string;
  /** How many launches its plan allows; without it there is no end. */
  readonly agentRuns?: number;
}

export interface User {
  readonly id: number;
  /** Organisations that the user is a member of. */
  readonly orgs: ReadonlyArray<number>;
  readonly github_username?: string;
  readonly email?: string | null;
  readonly full_name?: string | null;
  readonly role?: "ADMIN" | "MANAGER" | "MEMBER" | null;
}

export interface Repo {
  /** The service's own id, which is not GitHub's. */
  readonly id: number;
  readonly orgId: number;
  readonly full_name: string;
  readonly github_id?: string;
  readonly archived?: boolean | null;
  readonly setup_status?: string;
}

export interface Models {
  readonly providers: ReadonlyArray<{
    readonly name: string;
    readonly models: ReadonlyArray<{ readonly label: string; readonly value: string }>;
  }>;
  readonly default_model: string;
}

/** Who and what exists. */
export interface World {
  readonly orgs: ReadonlyArray<Organization>;
  readonly users: ReadonlyArray<User>;
  readonly repos: ReadonlyArray<Repo>;
  /** The user of each token. */
  readonly tokens: Readonly<Record<string, number>>;
  readonly models: Models;
}

/** One organisation, two people in it, one repository, one token (of the first). */
export const defaultWorld: World = {
  orgs: [{ id: 1, name: "Acme" }],
  users: [
    { id: 11, orgs: [1], github_username: "operator", role: "MEMBER" },
    { id: 12, orgs: [1], github_username: "colleague", role: "ADMIN" },
  ],
  repos: [{ id: 7001, orgId: 1, full_name: "acme/shop" }],
  tokens: { "fake-codegen-token": 11 },
  models: {
    providers: [{ name: "Anthropic", models: [{ label: "A model", value: "model-a" }] }],
    default_model: "model-a",
  },
};

/** An organisation as `OrganizationResponse`. */
export const organizationAnswer = ({ id, name }: Organization) => ({
  id,
  name,
  settings: { enable_pr_creation: true, enable_rules_detection: true },
});

/** A user as `UserResponse`. */
export const userAnswer = (user: User) => ({
  id: user.id,
  email: user.email ?? null,
  github_user_id: String(90_000 + user.id),
  github_username: user.github_username ?? `user-${user.id}`,
  avatar_url: null,
  full_name: user.full_name ?? null,
  role: user.role ?? null,
  is_admin: user.role === "ADMIN",
});

/** A repository as `RepoResponse`. */
export const repoAnswer = (repo: Repo) => ({
  id: repo.id,
  name: repo.full_name.split("/").at(-1) ?? repo.full_name,
  full_name: repo.full_name,
  description: null,
  github_id: repo.github_id ?? String(800_000 + repo.id),
  organization_id: repo.orgId,
  visibility: "private",
  archived: repo.archived ?? false,
  setup_status: repo.setup_status ?? "COMPLETE",
  language: "TypeScript",
});
