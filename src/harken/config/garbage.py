"""How often Python looks for what nobody holds but itself."""

import gc


def collect_rarely() -> None:
    """Leave what is loaded now alone for good, and look through the rest only now and then.

    With thousands of open streams each full look stops everything for a third of a second, and a batch of messages that
    is indexed is looked through a dozen times before it goes as a whole.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
