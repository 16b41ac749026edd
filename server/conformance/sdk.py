"""What the published Python SDK of Backend.AI does with a manager.

Each function is a scenario; the first argument names the one to run. A scenario
that does not hold ends with an AssertionError or the SDK's own exception.
"""

import asyncio
import base64
import json
import sys
import time
from functools import partial
from pathlib import Path

from ai.backend.client.exceptions import BackendAPIError
from ai.backend.client.output import fields
from ai.backend.client.session import AsyncSession, Session

IMAGE = "bash"
SMALL = {"cpu": 1, "mem": "256m"}


def until(what, holds, patience=20):
    """Asks until what a real process does has come about, and returns the answer."""
    limit = time.monotonic() + patience
    while not (value := holds()):
        assert time.monotonic() < limit, f"it did not come about: {what}"
        time.sleep(0.1)
    return value


def detail(session, id):
    """A session with its kernels, as the administrators' pages ask for it."""
    query = (
        "query($id: UUID!) { compute_session(id: $id) {"
        " name status status_info result containers { status_data } } }"
    )
    return session.Admin.query(query, {"id": str(id)})["compute_session"]


def batch():
    """A batch session's exit code, result, log and events."""
    with Session() as session:
        for name, command, code, result in [
            ("sdk-batch-good", "echo good-words", 0, "SUCCESS"),
            ("sdk-batch-bad", "echo bad-words >&2; exit 7", 7, "FAILURE"),
        ]:
            made = session.ComputeSession.get_or_create(
                IMAGE, name=name, type_="batch", startup_command=command, resources=SMALL, enqueue_only=True
            )
            assert made.created
            got = until(
                "the batch session ends",
                lambda: (d := detail(session, made.id))["status"] == "TERMINATED" and d,
            )
            assert got["result"] == result, got
            assert json.loads(got["containers"][0]["status_data"])["kernel"]["exit_code"] == code, got
            log = session.ComputeSession(name).get_logs()["result"]["logs"]
            assert command.split()[1].strip(";") in log, log


def code():
    """Code that is run by asking again and again, with input, an interrupt and completions."""
    with Session() as session:
        made = session.ComputeSession.get_or_create("python", name="sdk-code", resources=SMALL)

        def follow(run, console):
            while True:
                console.extend(run["console"])
                if run["status"] == "finished":
                    return run["exitCode"]
                if run["status"] == "waiting-input":
                    assert run["options"] == {"is_password": True}, run
                    run = made.execute(run["runId"], "secret", mode="input")
                else:
                    run = made.execute(run["runId"], "", mode="continue")

        console = []
        first = made.execute(None, "import getpass; print(len(getpass.getpass()), 'letters')")
        assert follow(first, console) == 0, console
        assert ["stdout", "6 letters\n"] in console, console

        run = made.execute("a-run-of-mine", "print('up', flush=True)\nimport time\ntime.sleep(600)")
        assert run["runId"] == "a-run-of-mine" and run["status"] == "continued", run
        made.interrupt()
        console = []
        assert follow(run, console) != 0
        assert any("KeyboardInterrupt" in text for _, text in console), console

        gone = made.execute("never-was-one", "", mode="continue")
        assert gone["status"] == "finished" and gone["exitCode"] == 130, gone
        found = made.complete("import os\nos.path.joi")
        assert "os.path.join(" in found["result"]["completions"], found
        made.destroy()


def interactive():
    """A session from its creation to its end, with files."""
    with Session() as session:
        made = session.ComputeSession.get_or_create(
            IMAGE,
            name="sdk-one",
            resources=SMALL,
            envs={"GREETING": "hello"},
            bootstrap_script=base64.b64encode(b"echo $GREETING > greeting.txt").decode(),
        )
        assert made.created and made.status == "RUNNING", made.status
        again = session.ComputeSession.get_or_create(IMAGE, name="sdk-one", resources=SMALL)
        assert not again.created and again.id == made.id
        try:
            session.ComputeSession.get_or_create(IMAGE, name="sdk-one", resources=SMALL, no_reuse=True)
            raise AssertionError("a name in use was taken twice")
        except BackendAPIError as refusal:
            assert refusal.status == 400, refusal

        one = session.ComputeSession("sdk-one")
        info = one.get_info()
        assert info["status"] == "RUNNING" and info["image"].endswith("bash:" + info["image"].split(":")[-1]), info
        Path("up.txt").write_text("from the SDK\n")
        one.upload(["up.txt"])
        assert "up.txt" in one.list_files(".")["files"]
        Path("up.txt").unlink()
        one.download(["up.txt"])
        assert Path("up.txt").read_text() == "from the SDK\n"
        until("the bootstrap script runs", lambda: "greeting.txt" in one.list_files(".")["files"])
        assert {a["name"] for a in one.stream_app_info()} == {"ttyd", "sshd", "filebrowser"}
        assert one.get_abusing_report() == {}
        one.interrupt()
        one.rename("sdk-two")
        two = session.ComputeSession("sdk-two")
        assert two.get_dependency_graph()["session_name"] == "sdk-two"
        two.restart()
        until("it runs again", lambda: detail(session, made.id)["status"] == "RUNNING")
        two.destroy()
        ended = until("it ends", lambda: (d := detail(session, made.id))["status"] == "TERMINATED" and d)
        assert ended["status_info"] == "user-requested", ended


def events():
    """The event stream of a session."""

    async def follow():
        async with AsyncSession() as session:
            made = await session.ComputeSession.get_or_create(
                IMAGE, name="sdk-watched", resources=SMALL, type_="batch", startup_command="sleep 1", enqueue_only=True
            )
            seen = []
            async with made.listen_events() as stream:
                async for event in stream:
                    seen.append(event.event)
                    if event.event == "session_terminated":
                        break
            assert "session_success" in seen, seen

    asyncio.run(asyncio.wait_for(follow(), 30))


def folders():
    """A folder, its files, and its copy."""
    with Session() as session:
        host = session.VFolder.list_hosts()["default"]
        session.VFolder.create("sdk-data", host)
        folder = session.VFolder("sdk-data")
        content = bytes(range(256)) * 20_000
        Path("tree/deep").mkdir(parents=True)
        Path("tree/a.bin").write_bytes(content)
        Path("tree/deep/b.txt").write_text("b\n")
        folder.upload(["a.bin"], basedir=Path("tree").absolute())
        folder.upload(["b.txt"], basedir=Path("tree/deep").absolute())
        assert {i["name"]: i["size"] for i in folder.list_files(".")["items"]} == {"a.bin": len(content), "b.txt": 2}
        Path("down").mkdir()
        folder.download(["a.bin"], basedir="down")
        assert Path("down/a.bin").read_bytes() == content
        folder.mkdir("x/y", parents=True)
        folder.move_file("b.txt", "x/y/b.txt")
        folder.rename_file("x/y/b.txt", "c.txt")
        assert [i["name"] for i in folder.list_files("x/y")["items"]] == ["c.txt"]
        folder.delete_files(["x"], recursive=True)
        info = folder.info()
        assert info["numFiles"] == 1 and info["used_bytes"] >= len(content), info

        folder.update_options("sdk-data", cloneable=True)
        folder.clone("sdk-copy", host)
        copy = session.VFolder("sdk-copy")
        until("the copy is complete", lambda: copy.info()["status"] == "ready")
        assert [i["name"] for i in copy.list_files(".")["items"]] == ["a.bin"]
        copy.delete()
        copy.delete_trash()
        folder.rename("sdk-named")
        assert "sdk-named" in [f["name"] for f in session.VFolder.list()]


def keep():
    """A session is kept as an image, started from it, and the image deleted."""

    async def follow(task):
        async with AsyncSession() as session:
            async with session.BackgroundTask(task).listen_events() as stream:
                return [event.event async for event in stream]

    with Session() as session:
        session.ComputeSession.get_or_create(IMAGE, name="sdk-keep", resources=SMALL)
        for _ in range(2):  # a second image of the name takes the place of the first
            task = session.ComputeSession("sdk-keep").export_to_image("mine")["task_id"]
            assert "bgtask_done" in asyncio.run(asyncio.wait_for(follow(task), 60))
        session.ComputeSession("sdk-keep").destroy()
        customized = partial(session.Image.list_customized, fields=[fields.image_fields["id"]])
        assert len(kept := customized()) == 1, kept
        session.Image.forget_image_by_id(kept[0]["id"])
        assert customized() == []


def settings():
    """What people set for themselves."""
    with Session() as session:
        session.Dotfile.create("alias ll='ls -l'\n", ".bashrc_more", "644")
        assert [d["path"] for d in session.Dotfile.list_dotfiles()] == [".bashrc_more"]
        session.Dotfile(".bashrc_more").update("# nothing\n", "600")
        assert session.Dotfile(".bashrc_more").get()["data"] == "# nothing\n"
        session.Dotfile(".bashrc_more").delete()
        assert session.Dotfile.list_dotfiles() == []


def lists():
    """Every list, with every field that the published client knows."""
    # These it knows without a manager of its release having them.
    nowhere = {"modified_at", "ssh_private_key", "dotfiles", "bootstrap_script"}

    def all_of(known):
        return [f for f in known.values() if not f.subfields and f.field_name not in nowhere]

    with Session() as session:
        session.ComputeSession.paginated_list(fields=all_of(fields.session_fields))
        session.Agent.paginated_list(fields=all_of(fields.agent_fields))
        session.User.paginated_list(fields=all_of(fields.user_fields))
        session.User.list(fields=all_of(fields.user_fields))
        session.KeyPair.paginated_list(fields=all_of(fields.keypair_fields))
        session.KeypairResourcePolicy.list(fields=all_of(fields.keypair_resource_policy_fields))
        session.Domain.list(fields=all_of(fields.domain_fields))
        session.Group.list("default", fields=all_of(fields.group_fields))
        session.ScalingGroup.list(fields=all_of(fields.scaling_group_fields))
        session.ScalingGroup.list_available("default")
        session.Image.list(fields=all_of(fields.image_fields))
        session.VFolder.paginated_list(fields=all_of(fields.vfolder_fields))
        session.Resource.list()
        session.Resource.get_resource_slots()
        session.Resource.get_vfolder_types()
        session.Resource.check_presets("default", "default")
        session.Manager.status()
        session.Manager.get_announcement()
        session.SessionTemplate.list_templates()


if __name__ == "__main__":
    globals()[sys.argv[1]]()
