/** A terminal without a window: what a person would see after something was written to it. */
import xterm from "@xterm/headless";

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export type Emulator = ReturnType<typeof make>;

/** A terminal of that size; it breaks lines anew when it is resized, as most do. */
export const make = ({ columns, rows }: Size) => {
  const options = { cols: columns, rows, allowProposedApi: true, convertEol: true };
  const terminal = new xterm.Terminal({ ...options, scrollback: 10_000 });
  const written: Array<string> = [];
  // Behind the last column it keeps what is not shown.
  const lineAt = (row: number) =>
    terminal.buffer.active.getLine(row)?.translateToString(true, 0, terminal.cols) ?? "";
  const settle = () => new Promise<void>((resolve) => terminal.write("", resolve));
  return {
    terminal,
    /** Everything that was written, in pieces. */
    written,
    stream: {
      isTTY: true as const,
      get columns() {
        return terminal.cols;
      },
      get rows() {
        return terminal.rows;
      },
      write: (text: string | Uint8Array, ...rest: ReadonlyArray<unknown>): boolean => {
        written.push(String(text));
        terminal.write(text);
        const done = rest.find((one) => typeof one === "function") as (() => void) | undefined;
        done?.();
        return true;
      },
    },
    resize: async (to: Size) => {
      await settle();
      terminal.resize(to.columns, to.rows);
    },
    /** What is on the screen, without empty lines at its end. */
    screen: async (): Promise<ReadonlyArray<string>> => {
      await settle();
      const top = terminal.buffer.active.baseY;
      const all = Array.from({ length: terminal.rows }, (_, row) => lineAt(top + row));
      return all.slice(0, all.findLastIndex((line) => line !== "") + 1);
    },
    /** What has scrolled away above it. */
    history: async (): Promise<ReadonlyArray<string>> => {
      await settle();
      return Array.from({ length: terminal.buffer.active.baseY }, (_, row) => lineAt(row));
    },
    /** Where the cursor is, from 0. */
    cursor: async () => {
      await settle();
      const { cursorX: column, cursorY: row } = terminal.buffer.active;
      return { column, row };
    },
  };
};
