"""Start to join of an empty body, or of COUNT at once, in nanoseconds, by METHOD: spawn, forkserver or fork. The second time counts: the fork server runs by then."""

import multiprocessing
import sys
import time


def nothing():
    pass


def main():
    context = multiprocessing.get_context(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    for _ in range(2):
        start = time.perf_counter_ns()
        processes = [context.Process(target=nothing) for _ in range(count)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        elapsed = time.perf_counter_ns() - start
    print(elapsed)


if __name__ == "__main__":
    main()
