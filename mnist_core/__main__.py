"""The command line: `python -m mnist_core COMMAND`, once installed `mnist-core COMMAND`; `--help` lists the commands.

Exit codes: 0 done, 1 it could not be done and the message says why, 2 wrong usage, 130 stopped with Ctrl-C.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from .commands import browse, data, experiment, inside, measure, train
from .commands.console import STOPPED
from .errors import MnistError, StoppedError

_SCRIPT, _MODULE = "mnist-core", "python -m mnist_core"
_EXAMPLES = """examples:
  python -m mnist_core train lenet --until 0.99               train a classic network up to 99 %
  python -m mnist_core train lenet --activation tanh          the same network with another part
  python -m mnist_core train sketchnet --again --quick        train the shipped network once more (under an hour)
  python -m mnist_core data                                   which data is found where
  python -m mnist_core table                                  train all recipes and write their table
  python -m mnist_core experiment activations                 compare ReLU, sigmoid and tanh
  python -m mnist_core experiment grid --minutes 10           search for a good network
  python -m mnist_core models                                 which models there are
  python -m mnist_core predict photo.png scans/               read one digit from each picture
  python -m mnist_core evaluate --data test --json            figures on MNIST's test set
  python -m mnist_core evaluate --data digits.npz             figures on other people's digits
  python -m mnist_core show test --wrong --output wrong.png   the test images that the model reads wrong
  python -m mnist_core inside journey                         measure what the page's inside tab says of a model
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # as stderr is: the name of a file may be no text
    options = _build_parser().parse_args(arguments)
    try:
        code = options.run(options)
        sys.stdout.flush()  # what is left would fail after this function, where nobody catches it
        return code
    except (KeyboardInterrupt, StoppedError) as error:
        print(str(error) or "Stopped.", file=sys.stderr)
        return STOPPED
    except BrokenPipeError:  # as in `... | head`: nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (MnistError, ValueError, OSError) as error:  # a folder may not even let a name in it be looked up
        print(f"{options.command}: {error}", file=sys.stderr)
        return 1


def _build_parser() -> argparse.ArgumentParser:
    called = Path(sys.argv[0]).stem
    program = called if called == _SCRIPT else _MODULE
    parser = argparse.ArgumentParser(
        prog=program,
        description="Train small networks on handwritten digits, and measure them.",
        epilog=_EXAMPLES.replace(_MODULE, program),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for family in (train, data, experiment, measure, browse, inside):
        family.add_commands(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
