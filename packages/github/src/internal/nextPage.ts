/** The address that a `Link` header calls `next`, as it stands there. */
export const nextPage = (link: string | null | undefined): string | undefined => {
  for (const [, url, rest = ""] of (link ?? "").matchAll(/<([^<>]*)>([^<]*)/g)) {
    if (/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\b)/i.test(rest)) return url;
  }
  return undefined;
};
