/** Tells that a file or folder may have changed. */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Queue from "effect/Queue";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";

/** Not everything can be watched: network file systems tell little, and the number of watches has limits. */
const regularly = Schedule.spaced("1 second");

/**
 * Once at the beginning, then whenever the system says so, and once a second in
 * any case; those that nobody waited for are one. In a folder only what
 * `concerns` accepts by its path counts (default everything).
 */
export const of = (
  fs: FileSystem.FileSystem,
  file: string,
  concerns: (path: string) => boolean = () => true,
): Stream.Stream<void> =>
  Stream.callback<void>(
    (queue) => {
      const changed = () => Queue.offerUnsafe(queue, undefined);
      const watched = fs.watch(file, { onReady: changed }).pipe(
        Stream.filter(({ path }) => concerns(path)),
        Stream.runForEach(() => Effect.sync(changed)),
      );
      const looked = Effect.repeat(Effect.sync(changed), regularly);
      return Effect.andThen(Effect.forkScoped(Effect.ignore(watched)), looked);
    },
    { bufferSize: 1, strategy: "sliding" },
  );
