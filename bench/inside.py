"""Runs the `main` of a module that imports rooms: they can be imported only once Django knows them.

`python -m bench.inside bench.harken_takes FOLDER`
"""

import importlib
import sys

import django


def main() -> None:
    django.setup()
    importlib.import_module(sys.argv.pop(1)).main()


if __name__ == "__main__":
    main()
