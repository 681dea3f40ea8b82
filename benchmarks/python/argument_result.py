"""SIZE bytes to a spawned process as an argument and back as its result: nanoseconds, with the start of the process and without it."""

import multiprocessing
import sys
import time


def nothing():
    pass


def give_back(queue, data):
    queue.put(data)


def main():
    context = multiprocessing.get_context("spawn")
    data = bytes(int(sys.argv[1]))
    queue = context.Queue()

    start = time.perf_counter_ns()
    process = context.Process(target=nothing)
    process.start()
    process.join()
    empty = time.perf_counter_ns() - start

    start = time.perf_counter_ns()
    process = context.Process(target=give_back, args=(queue, data))
    process.start()
    queue.get()
    process.join()
    elapsed = time.perf_counter_ns() - start
    print(elapsed, elapsed - empty)


if __name__ == "__main__":
    main()
