using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Multiprocessing;

// Serves objects to the native caller. It runs on the ordinary runtime, until a call makes it exit.
var path = args[0];
await using var server = new ManagerServer(new() { Listener = { Key = Shared.Key }, Types = Shared.Types() });
server.AddDictionary<string, int>("scores");
server.AddDictionary<int, Order>("orders");
server.AddList<int>("numbers");
server.AddSet<string>("tags");
server.AddQueue<Line>("jobs");
server.AddValue("value", 1.5);
server.AddNamespace("names");
server.AddLock("gate");
server.AddSemaphore("semaphore", 1);
server.AddEvent("event");
server.AddCondition("condition");
server.AddBarrier("barrier", 2);
server.Add<IClerk>("clerk", new Clerk());
server.Start(new UnixDomainSocketEndPoint(path));
Console.WriteLine($"ready {RuntimeFeature.IsDynamicCodeCompiled}");
await Task.Delay(TimeSpan.FromMinutes(2));

internal sealed class Clerk : IClerk
{
    private readonly Dictionary<int, string> _texts = [];

    public event EventHandler<int>? Raised;

    public int Count { get; set; }

    public ILedger Ledger { get; } = new Ledger { Next = new Ledger() };

    public string this[int index]
    {
        get => _texts[index];
        set => _texts[index] = value;
    }

    public void Nothing()
    {
    }

    public int Add(int a, int b = 3) => a + b;

    public string? Text(string? text) => text;

    public Task<string> UpperAsync(string text) => Task.FromResult(text.ToUpperInvariant());

    public ValueTask<Order> DoubleAsync(Order order) => new(order with { Name = order.Name + order.Name, Lines = [.. order.Lines, .. order.Lines] });

    public List<Order> All(int count) => [.. Enumerable.Range(0, count).Select(static i => new Order($"order{i}", [], []))];

    public (int Number, string Text) Pair((int Number, string Text) pair) => (pair.Number * 2, pair.Text + pair.Text);

    public int? Maybe(int? value) => value + 1;

    public int[] Sorted(int[] values) => [.. values.Order()];

    public string Ask(IWitness witness) => $"{witness.Answer("open?")}, {witness.Sign(new Order("order0", [], [])).Name}";

    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return 1;
    }

    public async IAsyncEnumerable<Line> LinesAsync(int count, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var i = 0; i < count; i++)
        {
            if (i % 100 == 0)
            {
                await Task.Yield();
            }

            yield return new Line(i, 1);
        }
    }

    public async Task<int> SumAsync(IAsyncEnumerable<int> values)
    {
        var sum = 0;
        await foreach (var value in values)
        {
            sum += value;
        }

        return sum;
    }

    public async Task WorkAsync(IProgress<double> progress)
    {
        await Task.Yield();
        progress.Report(0.5);
    }

    public void Raise(int value) => Raised?.Invoke(this, value);

    public void Fail(string text)
    {
        if (text == "exit")
        {
            Environment.Exit(0);
        }

        throw new InvalidOperationException(text);
    }
}

internal sealed class Ledger : ILedger
{
    public string Last { get; set; } = "";

    public ILedger? Next { get; init; }
}
