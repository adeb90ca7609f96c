"""What `/readyz` and `harken doctor` learn about the ledger: does it hold, and is anything at a server and not here?"""

from collections.abc import Iterable, Iterator

from harken.channels.arriving.fetching import fetched_mailboxes
from harken.channels.email.accounts import PasswordUnreadable
from harken.channels.email.errors import MailServerProblem
from harken.channels.ledger.check import look_at, sentence_of
from harken.channels.ledger.comparing import compare
from harken.channels.models import Arrival, FolderState, LedgerCheck, Mailbox
from harken.lib.vitals import Finding
from harken.workspaces import wall
from harken.workspaces.models import Workspace

ABOUT = "ledger"


def ledger_warnings() -> Iterable[str]:
    """Say how many ledgers had faults when they were last checked, and how many letters lie at servers alone."""
    faulty = missing = 0
    for workspace_id in Workspace.objects.values_list("pk", flat=True):
        with wall.inside(workspace_id):
            faulty += LedgerCheck.objects.filter(workspace=workspace_id).exclude(faults=[]).count()
            states = FolderState.objects.filter(workspace=workspace_id).exclude(missing=[])
            missing += sum(len(state.missing) for state in states)
    if faulty:
        yield f"Ledgers with faults: {faulty}. Each workspace's ledger says which; so does harken doctor."
    if missing:
        yield f"Letters at mail servers that were not taken in: {missing}. Settings, Channels fetches them."


def ledger_findings() -> Iterator[Finding]:
    """Count every ledger, read the bytes of all its letters, and compare every mailbox with its server."""
    for workspace in Workspace.objects.order_by("pk"):
        with wall.inside(workspace.pk):
            yield from _of_ledger(workspace)
    for mailbox in fetched_mailboxes().values():
        with wall.inside(mailbox.workspace_id):
            yield from _of_mailbox(mailbox)
    yield from _unowned()


def _of_ledger(workspace: Workspace) -> Iterator[Finding]:
    found = look_at(workspace)
    states = ", ".join(f"{count} {state}" for state, count in found.counts.items() if count)
    if not found.faults:
        words = f"{found.total} arrived = {states}" if found.total else "nothing arrived yet"
        yield Finding(ABOUT, "well", f"{workspace.slug}: {words}; every letter has its bytes and its place.")
    for fault in found.faults:
        rows = _named("Rows", fault["rows"]) + _named("Messages", fault.get("messages", []))
        yield Finding(ABOUT, "wrong", f"{workspace.slug}: {sentence_of(fault)}{rows}")


def _named(what: str, ids: list[int]) -> str:
    return f" {what}: {', '.join(map(str, ids))}." if ids else ""


def _of_mailbox(mailbox: Mailbox) -> Iterator[Finding]:
    try:
        state = compare(mailbox)
    except (MailServerProblem, PasswordUnreadable):
        # Said by whoever signs in to it for `mail in`.
        return
    if state is None:
        return
    if not state.missing:
        yield Finding(ABOUT, "well", f"{mailbox}: every letter at the server is in the ledger.")
        return
    uids = ", ".join(str(uid) for uid in state.missing[:20])
    yield Finding(
        ABOUT,
        "wrong",
        f"{mailbox}: letters at the server that are not here: {len(state.missing)} (UID {uids}). "
        "Settings, Channels fetches them.",
    )


def _unowned() -> Iterator[Finding]:
    with wall.inside(None):
        count = Arrival.objects.filter(workspace=None).held().count()
    if count:
        yield Finding(
            ABOUT, "advice", f"Letters that no workspace owns: {count}. `harken held` lists and gives them."
        )
