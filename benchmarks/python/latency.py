"""WHAT (queue, lock, pool) done for SECONDS: the 50th, 99th and 99.9th percentile of the durations in nanoseconds."""

import math
import multiprocessing
import sys
import time

MOST = 2_000_000


def percentiles(seconds, operation):
    durations = []
    before = time.perf_counter_ns()
    end = before + int(seconds * 1e9)
    while before < end and len(durations) < MOST:
        operation()
        after = time.perf_counter_ns()
        durations.append(after - before)
        before = after
    durations.sort()
    return [durations[max(math.ceil(percent / 100 * len(durations)) - 1, 0)] for percent in (50, 99, 99.9)]


def record(seconds, operation):
    percentiles(seconds / 10, operation)
    return percentiles(seconds, operation)


def echo(there, back):
    while (item := there.get()) is not None:
        back.put(item)


def queue(seconds):
    there, back = multiprocessing.Queue(), multiprocessing.Queue()
    process = multiprocessing.Process(target=echo, args=(there, back))
    process.start()
    message = bytes(64)

    def round_trip():
        there.put(message)
        back.get()

    result = record(seconds, round_trip)
    there.put(None)
    process.join()
    return result


def enter_and_exit(gate, ended):
    while not ended.value:
        with gate:
            pass


def lock(seconds):
    gate, ended = multiprocessing.Lock(), multiprocessing.Value("i", 0, lock=False)
    process = multiprocessing.Process(target=enter_and_exit, args=(gate, ended))
    process.start()

    def enter_once():
        with gate:
            pass

    result = record(seconds, enter_once)
    ended.value = 1
    process.join()
    return result


def plus_one(number):
    return number + 1


def pool(seconds):
    with multiprocessing.Pool() as workers:
        return record(seconds, lambda: workers.apply(plus_one, (1,)))


if __name__ == "__main__":
    print(*{"queue": queue, "lock": lock, "pool": pool}[sys.argv[1]](float(sys.argv[2])))
