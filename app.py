"""Opens the sketchpad; `python app.py --help` lists what can be set."""

import sys

from mnist_core.serve import main

if __name__ == "__main__":
    sys.exit(main())
