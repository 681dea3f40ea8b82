"""One producer process and one consumer: nanoseconds per message. CAPACITY 0 is unbounded; BATCH > 1 puts lists of so many messages."""

import multiprocessing
import sys
import time


def produce(queue, go, size, count, batch, passes):
    message = bytes(size)
    if batch > 1:
        message = [bytes([i % 256]) * size for i in range(batch)]
    for _ in range(passes):
        go.get()
        for _ in range(count // batch):
            queue.put(message)


def main():
    size, capacity, count, batch = map(int, sys.argv[1:])
    passes = 2
    queue = multiprocessing.Queue(capacity)
    go = multiprocessing.Queue()
    producer = multiprocessing.Process(target=produce, args=(queue, go, size, count, batch, passes))
    producer.start()
    for _ in range(passes):
        start = time.perf_counter_ns()
        go.put(None)
        for _ in range(count // batch):
            queue.get()
        elapsed = time.perf_counter_ns() - start
    producer.join()
    print(elapsed / (count // batch * batch))


if __name__ == "__main__":
    main()
