using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// How many spares are wanted: as many as there were starts within <see cref="StartWindow"/>, or as many as the program requested, up to the maximum.
/// </summary>
/// <param name="gate">The lock of the stock. Every member needs it.</param>
/// <param name="maximum">The maximum to begin with.</param>
internal sealed class SpareDemand(Lock gate, int maximum)
{
    /// <summary>Older starts do not predict the next ones.</summary>
    private static readonly TimeSpan StartWindow = TimeSpan.FromSeconds(10);

    private readonly Queue<long> _starts = new();
    private int _requested;
    private long _lastDemand;

    public int Maximum { get; private set; } = maximum;

    /// <summary>How long spares are kept after the last demand.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(30);

    public int Count
    {
        get
        {
            AssertInvariants();
            return Math.Min(Maximum, Math.Max(_requested, _starts.Count));
        }
    }

    /// <summary>The time until the spares are idle; <see langword="null"/> if they never are.</summary>
    public TimeSpan? TimeUntilIdle => IdleTimeout == Timeout.InfiniteTimeSpan
        ? null
        : TimeSpan.FromMilliseconds(Math.Max(0, _lastDemand + IdleTimeout.TotalMilliseconds - Environment.TickCount64));

    /// <summary>The time since the last demand.</summary>
    public TimeSpan Age => TimeSpan.FromMilliseconds(Environment.TickCount64 - _lastDemand);

    public bool IsIdle => TimeUntilIdle == TimeSpan.Zero;

    public void SetMaximum(int value)
    {
        Maximum = value;
        _requested = Math.Min(_requested, value);
        TrimStarts();
        AssertInvariants();
    }

    public void AddStart()
    {
        AssertInvariants();
        Renew();
        _starts.Enqueue(_lastDemand);
        TrimStarts();
    }

    public void AddRequest(int count)
    {
        AssertInvariants();
        Renew();
        _requested = Math.Max(_requested, count);
    }

    /// <summary>Restarts the idle time-out.</summary>
    public void Renew() => _lastDemand = Environment.TickCount64;

    public void ForgetOldStarts()
    {
        AssertInvariants();
        while (_starts.TryPeek(out var start) && Environment.TickCount64 - start > StartWindow.TotalMilliseconds)
        {
            _ = _starts.Dequeue();
        }
    }

    public void Clear()
    {
        AssertInvariants();
        _starts.Clear();
        _requested = 0;
    }

    /// <summary>Neither the starts that count nor the request exceed the maximum.</summary>
    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        Debug.Assert(gate.IsHeldByCurrentThread, "The caller of SpareDemand must hold the lock of the stock.");
        Debug.Assert(_starts.Count <= Maximum, "More starts are kept than spares are allowed.");
        Debug.Assert(_requested <= Maximum, "More spares are requested than allowed.");
    }

    private void TrimStarts()
    {
        while (_starts.Count > Maximum)
        {
            _ = _starts.Dequeue();
        }
    }
}
