"""Messages of SIZE bytes over a Pipe: nanoseconds for each of COUNT. roundtrip: there and back, one at a time; throughput: one process sends, one receives."""

import multiprocessing
import sys
import time


def echo(connection, count):
    for _ in range(count):
        connection.send_bytes(connection.recv_bytes())


def produce(connection, go, size, count, passes):
    message = bytes(size)
    for _ in range(passes):
        go.recv()
        for _ in range(count):
            connection.send_bytes(message)


def roundtrip(size, count):
    warm = count // 4 + 1
    here, there = multiprocessing.Pipe()
    process = multiprocessing.Process(target=echo, args=(there, warm + count))
    process.start()
    message = bytes(size)
    for i in range(warm + count):
        if i == warm:
            start = time.perf_counter_ns()
        here.send_bytes(message)
        here.recv_bytes()
    elapsed = time.perf_counter_ns() - start
    process.join()
    return elapsed / count


def throughput(size, count):
    passes = 2
    receiver, sender = multiprocessing.Pipe(duplex=False)
    waiting, go = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=produce, args=(sender, waiting, size, count, passes))
    process.start()
    for _ in range(passes):
        start = time.perf_counter_ns()
        go.send(None)
        for _ in range(count):
            receiver.recv_bytes()
        elapsed = time.perf_counter_ns() - start
    process.join()
    return elapsed / count


def main():
    work, size, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    print(roundtrip(size, count) if work == "roundtrip" else throughput(size, count))


if __name__ == "__main__":
    main()
