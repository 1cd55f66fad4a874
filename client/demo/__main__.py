"""python -m client.demo --url http://localhost:8000 --var var   (the secretariat's invitation on standard input)

Started by `manage.py demo`; ends with status 0 when the network is complete."""

import argparse
import sys
from pathlib import Path

from client.demo.build import build


def main() -> None:
    parser = argparse.ArgumentParser(prog="client.demo")
    parser.add_argument("--url", required=True)
    parser.add_argument("--var", type=Path, required=True, help="where demo.json and demo-progress.json are written")
    options = parser.parse_args()
    build(options.url, sys.stdin.readline().strip(), options.var, lambda line: print(line, flush=True))


if __name__ == "__main__":
    main()
