"""`python -m lrlib.lab claims` measures every claim of `claims.py` and prints the table."""

import sys

from .claims import table


def main(arguments):
    if arguments != ["claims"]:
        sys.exit("usage: python -m lrlib.lab claims")
    for line in table():
        print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
