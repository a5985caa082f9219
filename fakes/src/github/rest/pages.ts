/** The most rows on a page; a client that asks for more gets these. */
const most = 100;

/** One page of a list, and how its `Link` header leads on. */
export interface Page<A> {
  readonly items: ReadonlyArray<A>;
  readonly headers: Readonly<Record<string, string>>;
}

interface PageRequest {
  /** Of the list, without the query. */
  readonly url: string;
  readonly query: URLSearchParams;
}

/** Cuts a page out of a list, as the query asks. */
export const pageOf = <A>(all: ReadonlyArray<A>, { url, query }: PageRequest): Page<A> => {
  const size = clamp(query.get("per_page"), 30, most);
  const page = clamp(query.get("page"), 1, Infinity);
  const last = Math.max(1, Math.ceil(all.length / size));
  const items = all.slice((page - 1) * size, page * size);
  const to = (number: number, rel: string) => `<${pageUrl(url, query, number)}>; rel="${rel}"`;
  const links = [
    ...(page > 1 ? [to(Math.min(page - 1, last), "prev")] : []),
    ...(page < last ? [to(page + 1, "next"), to(last, "last")] : []),
    ...(page > 1 ? [to(1, "first")] : []),
  ];
  return { items, headers: links.length === 0 ? {} : { link: links.join(", ") } };
};

const pageUrl = (url: string, query: URLSearchParams, page: number): string => {
  const next = new URLSearchParams(query);
  next.set("page", String(page));
  return `${url}?${next.toString()}`;
};

/** What is no number above 0 counts as not given. */
const clamp = (text: string | null, fallback: number, top: number): number => {
  const value = Number(text ?? "");
  return Number.isInteger(value) && value > 0 ? Math.min(value, top) : fallback;
};
