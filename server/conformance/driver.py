"""Runs commands of `backend.ai`, one after the other, each in a fork.

Reads one JSON object per line: args, env, dir, stdin. Writes one per line: code,
out (what the command wrote to stdout and stderr).
"""

import json
import os
import sys
import tempfile
import traceback

from ai.backend.cli.loader import load_entry_points

main = load_entry_points()

# Commands import these when they run.
import ai.backend.client.output.console  # noqa: E402, F401
import ai.backend.client.output.json  # noqa: E402, F401
import ai.backend.client.session  # noqa: E402, F401


def run(call, out, given):
    """The command, in the forked process."""
    os.environ.update(call["env"])
    os.chdir(call["dir"])
    os.dup2(given.fileno(), 0)
    os.dup2(out.fileno(), 1)
    os.dup2(out.fileno(), 2)
    sys.argv = ["backend.ai", *call["args"]]
    try:
        main()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


for line in sys.stdin:
    call = json.loads(line)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as given:
        given.write(call["stdin"].encode())
        given.seek(0)
        pid = os.fork()
        if pid == 0:
            code = run(call, out, given)
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        out.seek(0)
        print(json.dumps({"code": code, "out": out.read().decode(errors="replace")}), flush=True)
