#!/usr/bin/env python3
"""Runs a command on a terminal of its own and records what it writes, as asciicast v2.

    record.py OUT.cast [--size 80x24] [--at SECONDS:keys:TEXT | --at SECONDS:size:COLSxROWS]... -- COMMAND...

TEXT may hold Python escapes, as \\x1b[B for the key "down". Ends with the exit code of the command.
"""
import argparse
import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios
import time


def size_of(text):
    columns, rows = text.split("x")
    return int(columns), int(rows)


def resize(terminal, columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def act(terminal, kind, what, event):
    if kind == "size":
        resize(terminal, *size_of(what))
        event("r", what)
    else:
        keys = what.encode().decode("unicode_escape")
        os.write(terminal, keys.encode("latin-1"))
        event("i", keys)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--size", default="80x24")
    parser.add_argument("--at", action="append", default=[])
    split = sys.argv.index("--")
    wanted = parser.parse_args(sys.argv[1:split])
    command = sys.argv[split + 1 :]
    columns, rows = size_of(wanted.size)
    todo = sorted(
        (float(at), kind, what) for at, kind, what in (one.split(":", 2) for one in wanted.at)
    )
    child, terminal = pty.fork()
    if child == 0:
        # Whoever made this terminal tells its size before anything is drawn on it.
        sys.stdin.readline()
        os.execvp(command[0], command)
    resize(terminal, columns, rows)
    attributes = termios.tcgetattr(terminal)
    attributes[3] &= ~termios.ECHO
    termios.tcsetattr(terminal, termios.TCSANOW, attributes)
    os.write(terminal, b"\n")
    started = time.monotonic()
    with open(wanted.out, "w", encoding="utf-8") as out:
        header = {"version": 2, "width": columns, "height": rows}
        out.write(json.dumps(header) + "\n")

        def event(kind, data):
            at = round(time.monotonic() - started, 3)
            out.write(json.dumps([at, kind, data]) + "\n")
            out.flush()

        while True:
            while todo and time.monotonic() - started >= todo[0][0]:
                act(terminal, *todo.pop(0)[1:], event)
            wait = max(0, todo[0][0] - (time.monotonic() - started)) if todo else 1
            if not select.select([terminal], [], [], wait)[0]:
                continue
            try:
                data = os.read(terminal, 65536)
            except OSError:
                break
            if not data:
                break
            event("o", data.decode("utf-8", "replace"))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


sys.exit(main())
