"""Start to join of an empty body, in nanoseconds, by METHOD: spawn, forkserver or fork. The second start is timed: the fork server runs by then."""

import multiprocessing
import sys
import time


def nothing():
    pass


def main():
    context = multiprocessing.get_context(sys.argv[1])
    for _ in range(2):
        start = time.perf_counter_ns()
        process = context.Process(target=nothing)
        process.start()
        process.join()
        elapsed = time.perf_counter_ns() - start
    print(elapsed)


if __name__ == "__main__":
    main()
