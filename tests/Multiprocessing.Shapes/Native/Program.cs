using Multiprocessing;

// A program that is compiled to native code: what can work in one process works, and the rest says why it does not. One line for each try: "<what> <exception or ok> <message>".
var captured = 5;
Try("run", static () => ChildProcess.Run(static () => { }));
Try("run-closure", () => ChildProcess.Run(() => captured + 1));
Try("start", static () => new ChildProcess(static () => { }).Start());
Try("pool", static () => new ProcessPool(new ProcessPoolOptions { Workers = 1 }));
Try("pool-of-state", static () => new ProcessPool<int>(static () => 1));
Try("prepare", static () => SpareProcesses.WarmUpAsync(1).GetAwaiter().GetResult());
Try("queue-int", static () => Cross(7));
Try("queue-struct", static () => Cross(new Point { X = 1, Y = 2 }));
Try("queue-guid", static () => Cross(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)));
Try("queue-string", static () => Cross("text"));
Try("queue-array", static () => CrossAll<int, int[]>([1, 2, 3]));
Try("queue-strings", static () => CrossAll<string, string[]>(["a", "b"]));
Try("queue-list", static () => CrossAll<int, List<int>>([1, 2]));
Try("queue-record", static () => Cross(new Person("Ada", 36)));
Try("queue-tuple", static () => Cross((1, "x")));
Try("queue-object", static () => Cross<object>("x"));
Try("queue-dictionary", static () => Cross(new Dictionary<string, int> { ["a"] = 1 }));
Try("queue-people", static () => CrossAll<Person, Person[]>([new Person("Ada", 36)]));
Try("shared-value", static () =>
{
    using var value = new SharedValue<int>();
    value.Value = 7;
});
Try("shared-array", static () =>
{
    using var array = new SharedArray<double>(10);
    array[3] = 7;
});
Try("lock", static () =>
{
    using var @lock = new ProcessLock();
    @lock.Enter();
    @lock.Exit();
});
Console.WriteLine("end ok");

static void Try(string what, Action action)
{
    try
    {
        action();
        Console.WriteLine($"{what} ok");
    }
    catch (Exception exception)
    {
        var inner = exception is AggregateException { InnerException: { } cause } ? cause : exception;
        Console.WriteLine($"{what} {inner.GetType().Name} {inner.Message}");
    }
}

static void Cross<T>(T value)
{
    using var queue = new ProcessQueue<T>();
    queue.Put(value);
    if (!EqualityComparer<T>.Default.Equals(queue.Get(), value))
    {
        throw new InvalidDataException("The value changed on its way.");
    }
}

static void CrossAll<T, TCollection>(TCollection values)
    where TCollection : IEnumerable<T>
{
    using var queue = new ProcessQueue<TCollection>();
    queue.Put(values);
    if (!queue.Get().SequenceEqual(values))
    {
        throw new InvalidDataException("The values changed on their way.");
    }
}

internal struct Point
{
    public int X;
    public int Y;
}

internal sealed record Person(string Name, int Age);
