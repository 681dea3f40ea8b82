"""WHAT (lock, contention, event, semaphore, condition, barrier, counter-alone, counter) done COUNT times: nanoseconds for each."""

import multiprocessing
import sys
import time


def lock(things, count, other):
    gate = things[0]
    for _ in range(count):
        gate.acquire()
        gate.release()


def event(things, count, other):
    mine, theirs = (things[1], things[0]) if other else things[:2]
    for _ in range(count):
        if not other:
            theirs.set()
        mine.wait()
        mine.clear()
        if other:
            theirs.set()


def semaphore(things, count, other):
    mine, theirs = (things[1], things[0]) if other else things[:2]
    for _ in range(count):
        if not other:
            theirs.release()
        mine.acquire()
        if other:
            theirs.release()


def condition(things, count, other):
    changed, turn = things
    me = 1 if other else 0
    for _ in range(count):
        with changed:
            changed.wait_for(lambda: turn.value == me)
            turn.value = 1 - me
            changed.notify()


def counter(things, count, other):
    value = things[0]
    for _ in range(count):
        with value.get_lock():
            value.value += 1


def barrier(things, count, other):
    meeting = things[0]
    for _ in range(count):
        meeting.wait()


KINDS = {
    "lock": (lock, lambda: [multiprocessing.Lock()], 1),
    "contention": (lock, lambda: [multiprocessing.Lock()], 2),
    "event": (event, lambda: [multiprocessing.Event(), multiprocessing.Event()], 2),
    "semaphore": (semaphore, lambda: [multiprocessing.Semaphore(0), multiprocessing.Semaphore(0)], 2),
    "condition": (condition, lambda: [multiprocessing.Condition(), multiprocessing.Value("i", 0, lock=False)], 2),
    "counter-alone": (counter, lambda: [multiprocessing.Value("q", 0)], 1),
    "counter": (counter, lambda: [multiprocessing.Value("q", 0)], 2),
    "barrier": (barrier, lambda: [multiprocessing.Barrier(2)], 2),
}


def other(kind, things, go, count):
    for _ in range(2):
        go.wait()
        KINDS[kind][0](things, count, True)


def main():
    kind, count = sys.argv[1], int(sys.argv[2])
    work, make, processes = KINDS[kind]
    things, go = make(), multiprocessing.Barrier(processes)
    if processes == 2:
        process = multiprocessing.Process(target=other, args=(kind, things, go, count))
        process.start()
    for _ in range(2):
        go.wait()
        start = time.perf_counter_ns()
        work(things, count, False)
        elapsed = time.perf_counter_ns() - start
    if processes == 2:
        process.join()
        # Both have had it so often while one was looked at.
        elapsed /= 2 if kind in ("contention", "counter") else 1
    print(elapsed / count)


if __name__ == "__main__":
    main()
