/**
 * The status of an issue on a Projects board, moved along with its task.
 *
 * Names are looked up once; people may change a board meanwhile, so they are looked up again when
 * GitHub refuses what they were.
 */
import * as Effect from "effect/Effect";
import * as Semaphore from "effect/Semaphore";
import type { GitHubClient } from "./GitHubClient.ts";
import { type GitHubError, Invalid, NotFound } from "./GitHubError.ts";
import { seen } from "./internal/decoding.ts";
import { isSet } from "./internal/isSet.ts";
import { listed } from "./internal/listed.ts";
import {
  addToBoard,
  boardItem,
  boardStatusField,
  type Change,
  setBoardStatus,
} from "./internal/queries/boardStatus.ts";
import type { State } from "./StatusLabels.ts";

/** Which board, and what its options are called. */
export interface Options {
  /** `acme` or `acme/shop`, and the number of the board there. */
  readonly owner: string;
  readonly number: number;
  /** The field with one choice (default `Status`). */
  readonly field?: string | undefined;
  /** The option for each state; a state without one leaves the card where it is. */
  readonly names?: Partial<Readonly<Record<State, string | undefined>>> | undefined;
  /** Whether issues that are not on the board are put there (default false: they are left alone). */
  readonly add?: boolean | undefined;
}

/** An issue, by the id that people know and by that of GitHub's graph. */
export interface Card {
  readonly id: string;
  readonly nodeId: string;
}

/** Moves cards of a Projects board to the column of their state. */
export interface BoardStatus {
  /** Moves the card of an issue; may be repeated. */
  readonly set: (card: Card, state: State) => Effect.Effect<void, GitHubError>;
  /** What is to be changed for that; undefined if nothing is. */
  readonly change: (card: Card, state: State) => Effect.Effect<Change | undefined, GitHubError>;
}

/** What a new board of GitHub has. A board without one of them leaves the card where it is. */
const usualNames: Partial<Readonly<Record<State, string>>> = {
  queued: "Todo",
  "in-progress": "In Progress",
  completed: "Done",
};

interface Board {
  readonly projectId: string;
  readonly fieldId: string;
  readonly options: ReadonlyArray<{ readonly id: string; readonly name: string }>;
}

/** Moves cards on one board. */
export const make = (client: GitHubClient, options: Options): BoardStatus => {
  const { add = false, field = "Status", names = {} } = options;
  const oneAtATime = Semaphore.makeUnsafe(1);
  const items = new Map<string, string>();
  let board: Board | undefined;

  const known = oneAtATime.withPermit(
    Effect.suspend(() =>
      board === undefined
        ? Effect.tap(read(client, options, field), (found) =>
            Effect.sync(() => void (board = found)),
          )
        : Effect.succeed(board),
    ),
  );

  const itemOf = Effect.fnUntraced(function* ({ id, nodeId }: Card, { projectId }: Board) {
    const before = items.get(nodeId);
    if (before !== undefined) return { itemId: before };
    const { data } = yield* client.query(boardItem(id, nodeId, field));
    const all = seen(data.node?.projectItems);
    const found = all.find((item) => item.project?.id === projectId);
    if (found?.isArchived === true || (found === undefined && !add)) return undefined;
    const itemId = found?.id ?? (yield* added(id, projectId, nodeId));
    items.set(nodeId, itemId);
    return { itemId, optionId: found?.fieldValueByName?.optionId };
  });

  const added = (id: string, projectId: string, nodeId: string) =>
    Effect.map(
      client.mutate(addToBoard(id, projectId, nodeId)),
      ({ addProjectV2ItemById: { item } }) => item.id,
    );

  const changeOf = Effect.fn("BoardStatus.change")(function* (card: Card, state: State) {
    if (!isSet(nameOf(state))) return undefined;
    const found = yield* known;
    const optionId = yield* optionOf(found, state);
    const item = optionId === undefined ? undefined : yield* itemOf(card, found);
    if (optionId === undefined || item === undefined || item.optionId === optionId)
      return undefined;
    const { fieldId, projectId } = found;
    return { projectId, itemId: item.itemId, fieldId, optionId };
  });

  const once = Effect.fnUntraced(function* (card: Card, state: State) {
    const change = yield* changeOf(card, state);
    if (change !== undefined) yield* client.mutate(setBoardStatus(card.id, change));
  });

  const nameOf = (state: State) => (state in names ? names[state] : usualNames[state]);

  const optionOf = (found: Board, state: State): Effect.Effect<string | undefined, GitHubError> => {
    const name = nameOf(state);
    if (name === undefined) return Effect.undefined;
    const option = found.options.find((one) => isSame(one.name, name));
    return option === undefined && isSet(names[state])
      ? Effect.fail(lacks(options, field, name, found))
      : Effect.succeed(option?.id);
  };

  const set = Effect.fn("BoardStatus.set")(function* (card: Card, state: State) {
    const isOld = board !== undefined || items.has(card.nodeId);
    const again = (error: GitHubError) => {
      board = undefined;
      items.delete(card.nodeId);
      return isOld ? once(card, state) : Effect.fail(error);
    };
    yield* Effect.catchTags(once(card, state), { Invalid: again, NotFound: again });
  });
  return { set, change: changeOf };
};

const read = Effect.fnUntraced(function* (
  client: GitHubClient,
  options: Options,
  field: string,
): Effect.fn.Return<Board, GitHubError> {
  const { data } = yield* client.query(boardStatusField(options, field));
  const project = data.owner?.projectV2;
  const of = `board ${options.number} of ${options.owner}`;
  if (!isSet(project)) {
    return yield* new NotFound({
      message: `There is no ${of}, or the token may not see it. Check its number and owner; the token needs Projects: write.`,
    });
  }
  const { id: fieldId, options: choices } = project.field ?? {};
  if (fieldId === undefined || choices === undefined) {
    return yield* new Invalid({
      message: `The ${of} has no field ${JSON.stringify(field)} with one choice. Name the one that has its statuses.`,
    });
  }
  return { projectId: project.id, fieldId, options: choices };
});

const isSame = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

const lacks = ({ number, owner }: Options, field: string, name: string, { options }: Board) => {
  const has = listed(options.map((option) => option.name));
  return new Invalid({
    message: `The field ${JSON.stringify(field)} of board ${number} of ${owner} has no option ${JSON.stringify(name)}. It has ${has}.`,
  });
};
