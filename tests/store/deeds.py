"""What the killed programs do: a server that forks a child per order, so that hundreds can die in seconds.

An order is a line of JSON; the answer is the child's process id, then its exit code. What a child has done it writes into a log, line by
line, as soon as it is done: whatever stands there was confirmed to somebody.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmdesk.models import mapping
from crmdesk.operations import quotes, records, registry
from crmdesk.store import backup, keys, open_store
from crmdesk.store.connections import SCHEMA
from crmdesk.store.files import change_passphrase
from crmdesk.store.migrations import migrate

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from crmdesk.store import Store

ROUNDS = 12
NEW_PASSPHRASE = "another good passphrase"
DOCUMENT = {"currency": "EUR", "lines": [{"description": "Box", "quantity": "2", "unit_price": "10.00", "tax_category": "S", "tax_rate": "19"}]}


def back_up(store: Store, say: Callable[[str], None]) -> None:
    """Add and back up, again and again."""
    for number in range(ROUNDS // 3):
        store.run(records.add, "company", {"name": f"Company {number}"})
        say("added")
        say(str(backup.backup(store).path))


def undo_and_redo(store: Store, say: Callable[[str], None]) -> None:
    """Add, edit, undo and redo in an order that the test knows."""
    for number in range(ROUNDS):
        record = store.run(records.add, "company", {"name": f"Company {number}", "phone": "030 123456", "tags": "a,b"})
        say(f"+Company {number}")
        store.run(records.edit, "company", [record], {"name": f"Renamed {number}"})
        say(f"+Renamed {number}")
        store.undo()
        say(f"-Renamed {number}")
        store.undo()
        say(f"-Company {number}")
        store.redo()
        say(f"+Company {number}")


def issue_quotes(store: Store, say: Callable[[str], None]) -> None:
    """Make and issue quotes; every third is taken back and issued again."""
    for number in range(ROUNDS // 2):
        quote, _ = store.run(quotes.add_document, DOCUMENT)
        store.run(quotes.issue, quote)
        say(f"issued {quote}")
        if number % 3 == 0:
            store.undo()
            say(f"back {quote}")
            store.redo()
            say(f"issued {quote}")


def rekey(store: Store, say: Callable[[str], None]) -> None:
    """Change the passphrase."""
    change_passphrase(store, NEW_PASSPHRASE).close()
    say("changed")


def do(order: dict[str, Any]) -> None:
    """Do what an order says, saying in the log what is done."""
    os.environ.update(order["home"])
    log = os.open(order["log"], os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    path, key = Path(order["path"]), keys.Key(order["key"])

    def say(text: str) -> None:
        os.write(log, text.encode() + b"\n")

    counted = count_calls(order["calls"])
    if order["deed"] == "migrate":
        migrate(path, key, SCHEMA + 1, "steps_good")
        say("migrated")
    elif order["deed"] == "restore":
        kept = backup.restore(Path(order["backup"]), path, lambda _: key, force=True)
        say(f"restored {kept}")
    else:
        with open_store(path, key=key, anywhere=True) as store:
            DEEDS[order["deed"]](store, say)
    sys.setprofile(None)
    say(f"calls {counted()}")


DEEDS = {"back_up": back_up, "undo_and_redo": undo_and_redo, "issue_quotes": issue_quotes, "rekey": rekey}


def count_calls(fatal: int) -> Callable[[], int]:
    """Count the calls that leave Python, such as a statement or a renaming; the fatal one kills the process."""
    count = 0

    def seen(_frame: FrameType, event: str, _function: object) -> None:
        nonlocal count
        if event == "c_call":
            count += 1
            if count == fatal:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(seen)
    return lambda: count


def serve() -> None:
    """Fork a child per order, and bury it when the one who killed it says so."""
    sys.path.insert(0, str(Path(__file__).parent))
    registry.load()
    mapping.tables()
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            code = 1
            try:
                do(json.loads(line))
                code = 0
            except BaseException:  # the child must never come back into this loop
                traceback.print_exc()
            finally:
                os._exit(code)
        print(child, flush=True)
        # Until the next order the dead child keeps its number: a late kill then hits nobody else.
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        print("ended", flush=True)
        sys.stdin.readline()
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    serve()
