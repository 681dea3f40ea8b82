"""One turn of calls by CLIENTS processes at a server process over a Manager or over one Pipe for each client: nanoseconds for each call of all clients.

Arguments: WAY (manager, pipe; start: the nanoseconds from the start of a Manager to its first reply), KIND (call, pipelined, echo, stream), SIZE of an array in bytes, CLIENTS, WINDOW of calls on their way, ITEMS of a stream
for each client, SECONDS of the turn.
"""

import multiprocessing
import sys
import threading
import time


def manager_call(values):
    return lambda: values.get(1)


def manager_echo(values, data):
    # The default of get travels there, and back as the result.
    return lambda: values.get(0, data)


def pipe_call(connection, data):
    def call():
        connection.send(data)
        return connection.recv()

    return call


def pipe_bytes(connection, data):
    def call():
        connection.send_bytes(data)
        return connection.recv_bytes()

    return call


def pipe_window(connection, window):
    def call():
        for number in range(window):
            connection.send(number)
        for number in range(window):
            connection.recv()

    return call


def pipe_stream(connection, items):
    def call():
        connection.send(items)
        for _ in range(items):
            connection.recv()

    return call


def answer(connection, kind):
    """Serves one client of a pipe until its end."""
    try:
        while True:
            if kind == "echo":
                connection.send_bytes(connection.recv_bytes())
            elif kind == "stream":
                for number in range(connection.recv()):
                    connection.send(number)
            else:
                connection.send(connection.recv() + 1)
    except EOFError:
        pass


def serve(connections, others, kind):
    for other in others:
        other.close()
    threads = [threading.Thread(target=answer, args=(connection, kind)) for connection in connections]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def client(call, calls, seconds, barrier, results):
    """Calls for a tenth of the time, and then measures. A stream is one call that is measured from its first item to its last."""
    end = time.perf_counter() + seconds / 10
    while time.perf_counter() < end:
        call()
    barrier.wait()
    start = time.perf_counter()
    done = 0
    while True:
        call()
        done += calls
        if time.perf_counter() - start >= seconds:
            break
    results.send((done, start, time.perf_counter()))


def measure(calls, clients, seconds, connect):
    """All clients together: from the first start to the last end."""
    barrier = multiprocessing.Barrier(clients)
    processes, results = [], []
    for index in range(clients):
        mine, theirs = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.Process(target=run, args=(connect, index, calls, seconds, barrier, theirs))
        process.start()
        theirs.close()
        processes.append(process)
        results.append(mine)
    figures = [result.recv() for result in results]
    for process in processes:
        process.join()
    elapsed = max(figure[2] for figure in figures) - min(figure[1] for figure in figures)
    return elapsed * 1e9 / sum(figure[0] for figure in figures)


def run(connect, index, calls, seconds, barrier, results):
    client(connect(index), calls, seconds, barrier, results)


def by_manager(kind, size, clients, seconds):
    with multiprocessing.Manager() as manager:
        values = manager.dict({1: 2})
        data = bytes(size)
        return measure(1, clients, seconds, lambda _: manager_echo(values, data) if kind == "echo" else manager_call(values))


def start():
    begin = time.perf_counter_ns()
    with multiprocessing.Manager() as manager:
        manager.dict({1: 2}).get(1)
        return time.perf_counter_ns() - begin


def by_pipe(kind, size, clients, window, items, seconds):
    pairs = [multiprocessing.Pipe() for _ in range(clients)]
    there = [pair[0] for pair in pairs]
    here = [pair[1] for pair in pairs]
    server = multiprocessing.Process(target=serve, args=(here, there, kind))
    server.start()
    for connection in here:
        connection.close()

    def connect(index):
        if kind == "echo":
            return pipe_bytes(there[index], bytes(size))
        if kind == "pipelined":
            return pipe_window(there[index], window)
        if kind == "stream":
            return pipe_stream(there[index], items)
        return pipe_call(there[index], 1)

    calls = window if kind == "pipelined" else items if kind == "stream" else 1
    figure = measure(calls, clients, 0 if kind == "stream" else seconds, connect)
    for connection in there:
        connection.close()
    server.join()
    return figure


def main():
    way, kind = sys.argv[1:3]
    size, clients, window, items = map(int, sys.argv[3:7])
    seconds = float(sys.argv[7])
    if way == "start":
        print(start())
    elif way == "manager":
        print(by_manager(kind, size, clients, seconds))
    else:
        print(by_pipe(kind, size, clients, window, items, seconds))


if __name__ == "__main__":
    main()
