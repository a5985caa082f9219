import type { Account } from "../world/model.ts";
import { type Place, toText } from "./place.ts";

/** A user as `simple-user`. */
export const userAnswer = ({ api, web }: Place, account: Account) => {
  const url = `${api}/users/${encodeURIComponent(account.login)}`;
  return {
    login: account.login,
    id: account.id,
    node_id: account.nodeId,
    avatar_url: `${web}/avatars/${account.id}`,
    gravatar_id: "",
    url,
    html_url: `${web}/${encodeURIComponent(account.login)}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.kind,
    user_view_type: "public",
    site_admin: false,
  };
};

/** Who has left the service is nobody. */
export const userOrNull = (place: Place, account: Account | null) =>
  account === null ? null : userAnswer(place, account);

/** The token's own user as `private-user`. */
export const viewerAnswer = (place: Place, account: Account) => ({
  ...userAnswer(place, account),
  name: account.name,
  company: null,
  blog: null,
  location: null,
  email: null,
  bio: null,
  hireable: null,
  public_repos: 0,
  public_gists: 0,
  followers: 0,
  following: 0,
  private_gists: 0,
  total_private_repos: 0,
  owned_private_repos: 0,
  disk_usage: 0,
  collaborators: 0,
  two_factor_authentication: true,
  created_at: toText(account.createdAt),
  updated_at: toText(account.createdAt),
});
