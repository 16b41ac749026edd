# Runs the code that is the first argument. When the code waits for a line of
# input this says so at descriptor 3.
import builtins
import getpass
import linecache
import os
import sys
import traceback
import types

NAME = "<input>"


def ask(prompt, kind):
    sys.stderr.flush()
    sys.stdout.write(str(prompt))
    sys.stdout.flush()
    os.write(3, kind)
    line = sys.stdin.readline()
    if not line:
        raise EOFError("EOF when reading a line")
    return line.rstrip("\n")


def without_us(kind, error, trace):
    # People look for their own lines, not for those of this file.
    traceback.print_exception(kind, error, trace and trace.tb_next)


def run(code):
    builtins.input = lambda prompt="", /: ask(prompt, b"l")
    getpass.getpass = lambda prompt="Password: ", stream=None: ask(prompt, b"s")
    sys.excepthook = without_us
    linecache.cache[NAME] = (len(code), None, code.splitlines(True), NAME)
    sys.argv[:] = [""]
    sys.modules["__main__"] = main = types.ModuleType("__main__")
    return compile(code, NAME, "exec"), main.__dict__


exec(*run(sys.argv[1]))
