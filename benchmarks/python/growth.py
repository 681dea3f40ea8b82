"""What grows: queue PAIRS EACH CAPACITY SIZE, workers WORKERS COUNT, map WORKERS COUNT, task WORKERS COUNT, length WORKERS NANOSECONDS COUNT, children METHOD COUNT, queues COUNT, pending COUNT."""

import gc
import multiprocessing
import resource
import sys
import time


def plus_one(number):
    return number + 1


def produce_or_consume(queue, meeting, produces, each, passes, size):
    message = bytes(size)
    for _ in range(passes):
        meeting.wait()
        for _ in range(each):
            queue.put(message) if produces else queue.get()
        meeting.wait()


def queue(pairs, each, capacity, size):
    """Nanoseconds of a pass of so many producers and as many consumers. CAPACITY 0 is unbounded."""
    passes = 2
    items, meeting = multiprocessing.Queue(capacity), multiprocessing.Barrier(2 * pairs + 1)
    members = [multiprocessing.Process(target=produce_or_consume, args=(items, meeting, i % 2 == 0, each, passes, size)) for i in range(2 * pairs)]
    for member in members:
        member.start()
    for _ in range(passes):
        meeting.wait()
        start = time.perf_counter_ns()
        meeting.wait()
        elapsed = time.perf_counter_ns() - start
    for member in members:
        member.join()
    return elapsed


def workers(workers, count):
    """Nanoseconds for each task of a pool, one by one."""
    with multiprocessing.Pool(workers) as pool:
        for _ in range(2):
            start = time.perf_counter_ns()
            for _ in pool.imap_unordered(plus_one, range(count), chunksize=1):
                pass
            elapsed = time.perf_counter_ns() - start
    return elapsed / count


def map_all(workers, count):
    """Nanoseconds for each item of a map."""
    with multiprocessing.Pool(workers) as pool:
        for _ in range(2):
            start = time.perf_counter_ns()
            pool.map(plus_one, range(count))
            elapsed = time.perf_counter_ns() - start
    return elapsed / count


def task(workers, count):
    """Nanoseconds of one task at a time: median and 95th percentile."""
    with multiprocessing.Pool(workers) as pool:
        for _ in range(2):
            durations = []
            for i in range(count):
                start = time.perf_counter_ns()
                pool.apply(plus_one, (i,))
                durations.append(time.perf_counter_ns() - start)
    durations.sort()
    return durations[count // 2], durations[count * 95 // 100]


def compute(nanoseconds):
    start = time.perf_counter_ns()
    while time.perf_counter_ns() - start < nanoseconds:
        pass


def length(workers, nanoseconds, count):
    """Nanoseconds of a map over tasks of a length."""
    with multiprocessing.Pool(workers) as pool:
        pool.map(compute, [1000] * workers)
        start = time.perf_counter_ns()
        pool.map(compute, [nanoseconds] * count)
        return time.perf_counter_ns() - start


def meet(all_of_them):
    all_of_them.wait()


def children(method, count):
    """Nanoseconds for each child: started, met at a barrier, joined."""
    context = multiprocessing.get_context(method)
    all_of_them = context.Barrier(count)
    start = time.perf_counter_ns()
    processes = [context.Process(target=meet, args=(all_of_them,)) for _ in range(count)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return (time.perf_counter_ns() - start) / count


def put_into_each(queues):
    for i, items in enumerate(queues):
        items.put(i)


def queues(count):
    """Nanoseconds for each queue: created, given to a child, one item from it, closed."""
    context = multiprocessing.get_context("spawn")
    start = time.perf_counter_ns()
    items = [context.Queue() for _ in range(count)]
    process = context.Process(target=put_into_each, args=(items,))
    process.start()
    for i, one in enumerate(items):
        assert one.get() == i
        one.close()
    process.join()
    return (time.perf_counter_ns() - start) / count


def give_release(event):
    global released
    released = event


def wait_released():
    released.wait()


def resident_bytes():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def pending(count):
    """Resident bytes for each task that waits for the only worker."""
    release = multiprocessing.Event()
    with multiprocessing.Pool(1, give_release, (release,)) as pool:
        pool.apply(plus_one, (0,))
        pool.apply_async(wait_released)
        before = resident_bytes()
        tasks = [pool.apply_async(plus_one, (i,)) for i in range(count)]
        growth = resident_bytes() - before
        release.set()
        for i, task in enumerate(tasks):
            assert task.get() == i + 1
    return growth / count


KINDS = {"queue": queue, "workers": workers, "map": map_all, "task": task, "length": length, "children": children, "queues": queues, "pending": pending}


def main():
    kind, *arguments = sys.argv[1:]
    figures = KINDS[kind](*(int(argument) if argument.isdigit() else argument for argument in arguments))
    print(*(figures if isinstance(figures, tuple) else (figures,)))


if __name__ == "__main__":
    main()
