"""SIZE bytes of shared memory through a queue to another process, which changes a byte, and back, COUNT times: nanoseconds for each."""

import multiprocessing
import sys
import time
from multiprocessing import shared_memory


def give_back(there, back):
    while (memory := there.get()) is not None:
        memory.buf[-1] = (memory.buf[-1] + 1) % 256
        back.put(memory)
        memory.close()


def main():
    size, count = int(sys.argv[1]), int(sys.argv[2])
    memory = shared_memory.SharedMemory(create=True, size=size)
    there, back = multiprocessing.Queue(), multiprocessing.Queue()
    process = multiprocessing.Process(target=give_back, args=(there, back))
    process.start()
    for _ in range(2):
        start = time.perf_counter_ns()
        for _ in range(count):
            there.put(memory)
            back.get().close()
        elapsed = time.perf_counter_ns() - start
    there.put(None)
    process.join()
    memory.close()
    memory.unlink()
    print(elapsed / count)


if __name__ == "__main__":
    main()
