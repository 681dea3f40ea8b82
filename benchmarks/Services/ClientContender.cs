using System.Diagnostics;

namespace Services;

/// <summary>A contender whose clients are threads of this process.</summary>
internal abstract class ClientContender : Contender
{
    // A whole turn is a quarter of a second, so the warm-up is a second.
    private const int WarmTurns = 4;

    // Code is fully compiled only after a tenth of a second in which no code was compiled for the first time.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    private readonly List<Client> _clients = [];
    private readonly Dictionary<Work, int> _counts = [];

    public override void WarmUp(Work work, TimeSpan turn)
    {
        while (_clients.Count < work.Clients)
        {
            if (_clients.Count == 0)
            {
                Start();
            }

            _clients.Add(Connect());
        }

        var count = 4;
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var elapsed = Pass(work, count);
            Thread.Sleep(Pause);
            if (Stopwatch.GetElapsedTime(start) > WarmTurns * turn && (elapsed > turn / 8 || count >= 1 << 26))
            {
                _counts[work] = Math.Max((int)(count * (turn / elapsed)), 1);
                return;
            }

            if (elapsed < turn / 2)
            {
                count = (int)Math.Min(count * Math.Clamp(turn / elapsed / 2, 2, 64), 1 << 26);
            }
        }
    }

    public override double Measure(Work work, TimeSpan turn)
    {
        var count = work.Items > 0 ? work.Items / work.Clients : _counts[work];
        return Pass(work, count).TotalNanoseconds / count / work.Clients;
    }

    /// <summary>Returns the nanoseconds from the start of the other process to its first reply, and ends it.</summary>
    public double MeasureStart()
    {
        var start = Stopwatch.GetTimestamp();
        Start();
        _clients.Add(Connect());
        _ = _clients[0].Call(1);
        var elapsed = Stopwatch.GetElapsedTime(start);
        Dispose();
        return elapsed.TotalNanoseconds;
    }

    public override void Dispose()
    {
        if (_clients.Count > 0)
        {
            _clients.ForEach(client => client.Dispose());
            _clients.Clear();
            Stop();
        }
    }

    /// <summary>Starts the other process.</summary>
    protected abstract void Start();

    protected abstract Client Connect();

    protected abstract void Stop();

    private TimeSpan Pass(Work work, int count)
    {
        var data = new byte[work.Size];
        var start = Stopwatch.GetTimestamp();
        if (work.Clients == 1)
        {
            _clients[0].Run(work, count, data);
            return Stopwatch.GetElapsedTime(start);
        }

        var threads = _clients.Take(work.Clients).Select(client => Task.Factory.StartNew(
            () => client.Run(work, count, data), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        Task.WaitAll(threads);
        return Stopwatch.GetElapsedTime(start);
    }
}
