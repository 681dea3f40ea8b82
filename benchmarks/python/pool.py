"""One kind of work of COUNT items on a multiprocessing.Pool and on a ProcessPoolExecutor of WORKERS processes: nanoseconds for each item, for one and for the other."""

import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor


def plus_one(number):
    return number + 1


def give_back(data):
    return data


def count_primes(limit):
    count = 0
    for number in range(2, limit):
        divisor = 2
        while divisor * divisor <= number and number % divisor:
            divisor += 1
        count += divisor * divisor > number
    return count


def clocked(work, count, times=2):
    for _ in range(times):
        start = time.perf_counter_ns()
        work()
        elapsed = time.perf_counter_ns() - start
    return elapsed / count


def roundtrip(pool, executor, count):
    def by_pool():
        for i in range(count):
            pool.apply(plus_one, (i,))

    def by_executor():
        for i in range(count):
            executor.submit(plus_one, i).result()

    return clocked(by_pool, count), clocked(by_executor, count)


def map_all(pool, executor, count):
    return (
        clocked(lambda: pool.map(plus_one, range(count)), count),
        clocked(lambda: list(executor.map(plus_one, range(count), chunksize=max(1, count // 8))), count),
    )


def stream(pool, executor, count):
    def by_pool():
        for _ in pool.imap(plus_one, range(count), chunksize=1):
            pass

    def by_executor():
        for _ in executor.map(plus_one, range(count), chunksize=1):
            pass

    return clocked(by_pool, count), clocked(by_executor, count)


def payload(pool, executor, size):
    data = bytes(size)
    return clocked(lambda: pool.apply(give_back, (data,)), 1), clocked(lambda: executor.submit(give_back, data).result(), 1)


def primes(pool, executor, count):
    limits = [20_000] * count
    return (
        clocked(lambda: pool.map(count_primes, limits, chunksize=1), count, times=1),
        clocked(lambda: list(executor.map(count_primes, limits)), count, times=1),
    )


KINDS = {"roundtrip": roundtrip, "map": map_all, "stream": stream, "payload": payload, "primes": primes}


def start(workers):
    """As many workers started, each used once, and ended: Pool and ProcessPoolExecutor by spawn, Pool by fork and by forkserver."""

    def by_pool(method):
        with multiprocessing.get_context(method).Pool(workers) as pool:
            pool.map(plus_one, range(workers), chunksize=1)
            pool.close()
            pool.join()

    def by_executor():
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as executor:
            list(executor.map(plus_one, range(workers)))

    fork = clocked(lambda: by_pool("fork"), 1, times=1)  # first, while this process has one thread
    spawn = clocked(lambda: by_pool("spawn"), 1, times=1)
    return spawn, clocked(by_executor, 1, times=1), fork, clocked(lambda: by_pool("forkserver"), 1, times=1)


def wait_with(workers):
    """Workers that have each done a task and wait for the next: prints their process ids, and ends them when its own standard input ends."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(workers) as pool:
        pool.map(plus_one, range(workers * 10), chunksize=1)
        print(*(child.pid for child in multiprocessing.active_children()), flush=True)
        sys.stdin.read()


def main():
    kind, workers, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if kind == "start":
        print(*start(workers))
        return
    if kind == "wait":
        wait_with(workers)
        return
    with multiprocessing.Pool(workers) as pool, ProcessPoolExecutor(workers) as executor:
        pool.map(plus_one, range(100))
        list(executor.map(plus_one, range(100)))
        print(*KINDS[kind](pool, executor, count))


if __name__ == "__main__":
    main()
