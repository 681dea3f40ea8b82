"""A message of SIZE bytes to another process and back over two queues: nanoseconds for each of COUNT round trips."""

import multiprocessing
import sys
import time


def echo(there, back, count):
    for _ in range(count):
        back.put(there.get())


def main():
    size, count = map(int, sys.argv[1:])
    warm = count // 4 + 1
    there, back = multiprocessing.Queue(), multiprocessing.Queue()
    process = multiprocessing.Process(target=echo, args=(there, back, warm + count))
    process.start()
    message = bytes(size)
    for i in range(warm + count):
        if i == warm:
            start = time.perf_counter_ns()
        there.put(message)
        back.get()
    print((time.perf_counter_ns() - start) / count)
    process.join()


if __name__ == "__main__":
    main()
