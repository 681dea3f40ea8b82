namespace Multiprocessing;

/// <summary>
/// Runs the health probe of one life of a child, again and again, until it has failed as often as is allowed or is disposed. A probe that blocks its
/// thread fails at its time limit too: the limit has a timer of its own.
/// </summary>
internal sealed class HealthProber : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SupervisedChildOptions _options;
    private readonly SupervisorClock _clock;
    private readonly Action<int, Exception?> _failed;
    private IDisposable? _timer;
    private CancellationTokenSource? _probing;
    private int _probe;
    private int _failures;
    private bool _isOver;

    /// <param name="options">The probe, its interval and limits.</param>
    /// <param name="clock">The supervisor's clock.</param>
    /// <param name="failed">
    /// Is called for each failed probe, with the number of failures in a row and the exception, if there was one.
    /// </param>
    public HealthProber(SupervisedChildOptions options, SupervisorClock clock, Action<int, Exception?> failed)
    {
        _options = options;
        _clock = clock;
        _failed = failed;
    }

    /// <summary>Begins the interval before the next probe.</summary>
    public void Schedule()
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                _timer?.Dispose();
                _timer = _clock.After(_options.ProbeInterval, Begin, Fail);
            }
        }
    }

    public void Dispose()
    {
        CancellationTokenSource? probing;
        lock (_gate)
        {
            _isOver = true;
            _timer?.Dispose();
            probing = _probing;
            _probing = null;
        }

        Cancel(probing);
    }

    private static void Cancel(CancellationTokenSource? source)
    {
        if (source is not null)
        {
            // Registered callbacks are code of the program and run outside of every lock.
            LastResort.Queue(EntryPoint.SupervisorWork, source, static source => source.Cancel(), static (_, _) => { });
        }
    }

    private void Begin()
    {
        int probe;
        CancellationTokenSource probing;
        lock (_gate)
        {
            if (_isOver)
            {
                return;
            }

            probe = ++_probe;
            probing = _probing = new CancellationTokenSource();
            _timer?.Dispose();
            _timer = _clock.After(
                _options.ProbeTimeout,
                () => End(probe, false, new TimeoutException($"The probe did not end within {_options.ProbeTimeout.TotalSeconds:0.###} s.")),
                Fail);
        }

        LastResort.Queue(
            EntryPoint.SupervisorWork,
            this,
            prober => _ = prober.ProbeAsync(probe, probing.Token),
            (prober, exception) => prober.End(probe, false, exception));
    }

    private async Task ProbeAsync(int probe, CancellationToken cancellationToken)
    {
        try
        {
            End(probe, await _options.HealthProbe!(cancellationToken).ConfigureAwait(false), null);
        }
        catch (Exception exception)
        {
            End(probe, false, exception);
        }
    }

    /// <summary>The first end of a probe counts: its result or its time limit.</summary>
    private void End(int probe, bool isHealthy, Exception? exception)
    {
        CancellationTokenSource? probing;
        int failures;
        lock (_gate)
        {
            if (_isOver || probe != _probe || _probing is null)
            {
                return;
            }

            probing = _probing;
            _probing = null;
            failures = _failures = isHealthy ? 0 : _failures + 1;
        }

        Cancel(probing);
        if (!isHealthy)
        {
            _failed(failures, exception);
        }

        if (failures < _options.ProbeFailures)
        {
            Schedule();
        }
    }

    /// <summary>A timer could not be created or has failed: the child counts as not healthy.</summary>
    private void Fail(Exception exception) => _failed(_options.ProbeFailures, exception);
}
