import { describe, expect, it } from "@effect/vitest";
import * as GitHubRemote from "../src/github/GitHubRemote.ts";

const shop = { host: "github.com", repository: "acme/shop" };

describe("the address of a remote", () => {
  it.each([
    ["https://github.com/acme/shop.git", shop],
    ["https://github.com/acme/shop", shop],
    ["https://GitHub.com/acme/shop/", shop],
    ["https://www.github.com/acme/shop", shop],
    ["https://x-access-token:ghs_secret@github.com/acme/shop.git", shop],
    ["git@github.com:acme/shop.git", shop],
    ["github.com:acme/shop", shop],
    ["org-1234@github.com:acme/shop.git", shop],
    ["git@github.com:/acme/shop.git", shop],
    ["ssh://git@github.com/acme/shop.git", shop],
    ["ssh://git@ssh.github.com:443/acme/shop.git", shop],
    ["git://github.com/acme/shop.git", shop],
    ["https://acme.ghe.com/acme/shop.git", { host: "acme.ghe.com", repository: "acme/shop" }],
    ["git@ghe.test:acme/shop.git", { host: "ghe.test", repository: "acme/shop" }],
    ["https://ghe.test:8443/acme/shop", { host: "ghe.test:8443", repository: "acme/shop" }],
    ["ssh://git@ghe.test:2222/acme/shop", { host: "ghe.test", repository: "acme/shop" }],
    ["git@github.com:acme/shop.js.git", { host: "github.com", repository: "acme/shop.js" }],
  ])("names a repository: %s", (address, place) => {
    expect(GitHubRemote.parse(address)).toEqual(place);
  });

  it.each([
    "",
    "acme/shop",
    "/srv/git/acme/shop.git",
    "../shop",
    "file:///srv/acme/shop.git",
    "C:\\git\\acme\\shop",
    "https://github.com/acme",
    "https://github.com/acme/shop/issues",
    "https://github.com/acme/shop?x=1",
    "https://github.com/acme/shop#readme",
    "https://github.com/acme/..",
    "https://github.com/acme%2fother/shop",
    "git@github.com:shop.git",
    "git@github.com:a/b/c.git",
    "git@github.com:acme/shop\n.git",
    "ext::sh -c whoami",
    "https://github.com/-acme/shop",
  ])("names none: %j", (address) => {
    expect(GitHubRemote.parse(address)).toBeUndefined();
  });
});
