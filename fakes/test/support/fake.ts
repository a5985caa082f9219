import { onTestFinished } from "vitest";
import { Clock, Codegen } from "../../src/index.ts";

/** A fake in time that stands still, closed at the end of the test. */
export const startFake = async (options: Codegen.CodegenOptions = {}) => {
  const clock = Clock.controlled();
  const fake = await Codegen.make({ clock, ...options });
  onTestFinished(() => fake.close());
  return { ...fake, advance: (seconds: number) => clock.advance(seconds * 1000) };
};
