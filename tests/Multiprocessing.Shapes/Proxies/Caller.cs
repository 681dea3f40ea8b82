using System.Net.Sockets;
using Multiprocessing;

// Uses a manager server, which is an ordinary program, from native code. One line for each try: "<what> ok" or "<what> <exception> <message>".
internal static class Caller
{
    public static async Task RunAsync(string path)
    {
        await using var client = await ManagerClient.ConnectAsync(
            new UnixDomainSocketEndPoint(path), new() { Connection = { Key = Shared.Key }, Types = Shared.Types() });
        await Try("names", async () => Equal("barrier,clerk,condition,event,gate,jobs,names,numbers,orders,scores,semaphore,tags,value", string.Join(',', await client.GetNamesAsync())));
        await Collections(client);
        await Synchronization(client);
        await Clerk(client);
        await Try("refused-value", () => Throws<NotSerializableException>(() => client.List<Uri[,]>("numbers")));
        await Try("unknown-name", () => Throws<KeyNotFoundException>(() => client.Lock("missing")));
        await Try("other-type", () => Throws<ManagerContractException>(() => client.List<string>("numbers")));
        await Try("death", async () =>
        {
            await Throws<ConnectionClosedException>(() => client.Open<IClerk>("clerk").Fail("exit"));
            await client.Completion;
        });
    }

    private static async Task Collections(ManagerClient client)
    {
        await Try("dictionary", async () =>
        {
            using var scores = client.Dictionary<string, int>("scores");
            scores["Ada"] = 1;
            Equal(3, scores.AddOrUpdate("Ada", 5, static score => score + 2));
            Equal(4, await scores.UpdateAsync("Ada", static score => score + 1));
            scores.SetMany(new Dictionary<string, int> { ["Bob"] = 2, ["Cem"] = 3 });
            Equal((true, 2), await scores.RemoveAsync("Bob"));
            Equal("Ada4,Cem3", string.Join(',', scores.Select(static pair => pair.Key + pair.Value).Order()));
            Equal(false, scores.TryGet("Bob", out _));
            await Throws<KeyNotFoundException>(() => scores.Get("Bob"));
        });
        await Try("dictionary-of-records", () =>
        {
            using var orders = client.Dictionary<int, Order>("orders");
            orders[7] = Orders(1)[0];
            Equal("order0 2 Green", Text(orders[7]));
            return Task.CompletedTask;
        });
        await Try("list", async () =>
        {
            using var numbers = client.List<int>("numbers");
            numbers.AddRange([3, 1, 2]);
            numbers.Sort();
            Equal("1,2,3", string.Join(',', await numbers.GetValueAsync()));
            Equal(true, numbers.TryTakeLast(out var last));
            Equal(3, last);
        });
        await Try("set", () =>
        {
            using var tags = client.Set<string>("tags");
            Equal(true, tags.Add("a"));
            Equal(false, tags.Add("a"));
            tags.UnionWith(["b"]);
            Equal("a,b", string.Join(',', tags.GetValue().Order()));
            return Task.CompletedTask;
        });
        await Try("queue", async () =>
        {
            using var jobs = client.Queue<Line>("jobs");
            var waiting = jobs.GetAsync().AsTask();
            await jobs.PutAsync(new Line(1, 2.5m));
            Equal(new Line(1, 2.5m), await waiting);
            Equal(false, jobs.TryGet(out _, TimeSpan.FromMilliseconds(20)));
            jobs.Put(new Line(2, 0));
            jobs.Complete();
            await foreach (var line in jobs.ReadAllAsync())
            {
                Equal(2, line.Number);
            }
        });
        await Try("value", () =>
        {
            using var value = client.Value<double>("value");
            Equal(2.5, value.Update(static number => number + 1));
            Equal(2.5, value.Exchange(7));
            return Task.CompletedTask;
        });
        await Try("namespace", () =>
        {
            using var names = client.Namespace("names");
            names.Set("line", new Line(4, 1));
            names.Set("text", "x");
            Equal(new Line(4, 1), names.Get<Line>("line"));
            Equal("line,text", string.Join(',', names.GetNames().Order()));
            Equal("x", names.GetValue()["text"]);
            return Task.CompletedTask;
        });
    }

    private static async Task Synchronization(ManagerClient client)
    {
        await Try("lock", async () =>
        {
            using var gate = client.Lock("gate");
            gate.Enter();
            gate.Exit();
            await using (await gate.EnterAsync())
            {
                Equal(true, gate.IsHeld);
            }
        });
        await Try("semaphore", async () =>
        {
            using var semaphore = client.Semaphore("semaphore");
            await semaphore.WaitAsync();
            Equal(false, await semaphore.WaitAsync(TimeSpan.FromMilliseconds(20)));
            Equal(0, semaphore.Release());
        });
        await Try("event", async () =>
        {
            using var signal = client.Event("event");
            var waiting = signal.WaitAsync().AsTask();
            signal.Set();
            await waiting;
        });
        await Try("condition", () =>
        {
            using var condition = client.Condition("condition");
            condition.Enter();
            Equal(false, condition.Wait(static () => false, TimeSpan.FromMilliseconds(20)));
            condition.NotifyAll();
            condition.Exit();
            return Task.CompletedTask;
        });
        await Try("barrier", async () =>
        {
            using var barrier = client.Barrier("barrier");
            await Task.WhenAll(barrier.SignalAndWaitAsync().AsTask(), barrier.SignalAndWaitAsync().AsTask());
            Equal(1L, barrier.CurrentPhaseNumber);
        });
    }

    private static async Task Clerk(ManagerClient client)
    {
        var clerk = client.Open<IClerk>("clerk");
        await Try("call", () =>
        {
            clerk.Nothing();
            Equal(5, clerk.Add(2));
            Equal(null, clerk.Text(null));
            Equal("a", clerk.Text("a"));
            return Task.CompletedTask;
        });
        await Try("call-async", async () => Equal("TEXT", await clerk.UpperAsync("text")));
        await Try("property", () =>
        {
            clerk.Count = 4;
            clerk[2] = "two";
            Equal("4 two", $"{clerk.Count} {clerk[2]}");
            return Task.CompletedTask;
        });
        await Try("records", async () =>
        {
            Equal("order0order0 4 Green", Text(await clerk.DoubleAsync(Orders(1)[0])));
            Equal("order0,order1", string.Join(',', clerk.All(2).Select(static order => order.Name)));
        });
        await Try("tuples", () =>
        {
            Equal((8, "xx"), clerk.Pair((4, "x")));
            Equal(null, clerk.Maybe(null));
            Equal(6, clerk.Maybe(5));
            Equal("1,2,3", string.Join(',', clerk.Sorted([3, 1, 2])));
            return Task.CompletedTask;
        });
        await Try("nested-proxy", () =>
        {
            clerk.Ledger.Next!.Last = "page";
            Equal("page", clerk.Ledger.Next!.Last);
            Equal(null, clerk.Ledger.Next!.Next);
            return Task.CompletedTask;
        });
        await Try("callback", () =>
        {
            Equal("open? yes, order0 signed", clerk.Ask(new Witness()));
            return Task.CompletedTask;
        });
        await Try("stream", async () =>
        {
            var sum = 0;
            await foreach (var line in clerk.LinesAsync(1000))
            {
                sum += line.Number;
            }

            Equal(499500, sum);
            Equal(45, await clerk.SumAsync(Numbers()));
        });
        await Try("progress", async () =>
        {
            var reported = new TaskCompletionSource<double>(TaskCreationOptions.RunContinuationsAsynchronously);
            await clerk.WorkAsync(new Reporter(reported));
            Equal(0.5, await reported.Task);
        });
        await Try("event-of-object", async () =>
        {
            var raised = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            void OnRaised(object? sender, int value) => raised.TrySetResult(value);
            clerk.Raised += OnRaised;
            clerk.Raise(7);
            Equal(7, await raised.Task);
            clerk.Raised -= OnRaised;
        });
        await Try("cancel", async () =>
        {
            using var source = new CancellationTokenSource(50);
            try
            {
                await clerk.WaitAsync(source.Token);
                throw new InvalidDataException("It was not canceled.");
            }
            catch (OperationCanceledException)
            {
            }
        });
        await Try("exception", () => Throws<InvalidOperationException>(() => clerk.Fail("No.")));
        await Try("pipelined", async () =>
        {
            var calls = Enumerable.Range(0, 1000).Select(_ => clerk.UpperAsync("a")).ToArray();
            Equal(1000, (await Task.WhenAll(calls)).Count(static text => text == "A"));
        });
    }

    public static List<Order> Orders(int count) =>
        [.. Enumerable.Range(0, count).Select(static i => new Order($"order{i}", [new(1, 1), new(2, 2.5m)], new() { ["a"] = Color.Green }))];

    private static string Text(Order order) => $"{order.Name} {order.Lines.Count} {order.Colors["a"]}";

    private static async IAsyncEnumerable<int> Numbers()
    {
        for (var i = 0; i < 10; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }

    private static void Equal<T>(T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new InvalidDataException($"expected {expected}, but was {actual}");
        }
    }

    private static Task Throws<TException>(Action action)
        where TException : Exception
    {
        try
        {
            action();
        }
        catch (TException)
        {
            return Task.CompletedTask;
        }

        throw new InvalidDataException($"No {typeof(TException)} was thrown.");
    }

    private static async Task Try(string what, Func<Task> action)
    {
        try
        {
            await action().WaitAsync(TimeSpan.FromSeconds(60));
            Console.WriteLine($"{what} ok");
        }
        catch (Exception exception)
        {
            Console.WriteLine($"{what} {exception.GetType().Name} {exception.Message}");
            Console.Error.WriteLine($"{what}: {exception}");
        }
    }

    private sealed class Witness : IWitness
    {
        public string Answer(string question) => $"{question} yes";

        public Order Sign(Order order) => order with { Name = order.Name + " signed" };
    }

    private sealed class Reporter(TaskCompletionSource<double> reported) : IProgress<double>
    {
        public void Report(double value) => reported.TrySetResult(value);
    }
}
