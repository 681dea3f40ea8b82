"""Starts COUNT children that wait for an item, prints their process ids, and ends them when its own standard input ends."""

import multiprocessing
import sys


def main():
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    children = [context.Process(target=queue.get) for _ in range(int(sys.argv[1]))]
    for child in children:
        child.start()
    print(*(child.pid for child in children), flush=True)
    sys.stdin.read()
    for _ in children:
        queue.put(None)
    for child in children:
        child.join()


if __name__ == "__main__":
    main()
