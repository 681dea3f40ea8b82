"""An object with five fields and a list through pickle, COUNT times: nanoseconds to serialize and to deserialize one."""

import pickle
import sys
import time


class Order:
    def __init__(self):
        self.id = 4711
        self.customer = "Ada Lovelace"
        self.total = 129.95
        self.placed = 638_000_000_000_000_000
        self.urgent = True
        self.lines = [1, 2, 3, 4, 5, 6, 7, 8]


def time_of(action, argument, count):
    for _ in range(count // 4):
        action(argument)
    start = time.perf_counter_ns()
    for _ in range(count):
        action(argument)
    return (time.perf_counter_ns() - start) / count


def main():
    count = int(sys.argv[1])
    order = Order()
    dump = lambda value: pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    print(time_of(dump, order, count), time_of(pickle.loads, dump(order), count))


if __name__ == "__main__":
    main()
