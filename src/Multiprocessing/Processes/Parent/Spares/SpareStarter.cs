using System.Diagnostics;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// Starts spares on the thread pool, one at a time and some time after a start of the program: no start waits for a spare, and a short program does
/// not pay for one. While all processors are in use it waits a little longer, because a start takes one from the program for a tenth of a second.
/// </summary>
internal sealed class SpareStarter
{
    /// <summary>The time between two looks at the processors.</summary>
    private static readonly TimeSpan NextLook = TimeSpan.FromMilliseconds(50);

    private readonly SpareStock _stock;
    private readonly Lock _gate;
    private readonly LibraryTimer _timer;
    private long _dueAt = long.MaxValue;
    private bool _isRunning;
    private bool _runsAgain;
    private bool _isClosed;

    /// <summary>Initializes a new instance.</summary>
    /// <param name="stock">Receives the spares.</param>
    /// <param name="gate">The lock of the stock.</param>
    public SpareStarter(SpareStock stock, Lock gate)
    {
        _stock = stock;
        _gate = gate;
        _timer = LastResort.NewTimer(EntryPoint.SpareTimer, Timeout.InfiniteTimeSpan, Run, OnTimerFailed);
    }

    /// <summary>Runs after the delay, or sooner if a shorter delay is pending.</summary>
    public void Schedule(TimeSpan delay)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread, "The caller of Schedule must hold the lock of the stock.");
        var due = Environment.TickCount64 + (long)delay.TotalMilliseconds;
        if (due < _dueAt && !_isClosed)
        {
            _dueAt = due;
            _timer.Change(delay);
        }
    }

    public void Close()
    {
        Debug.Assert(_gate.IsHeldByCurrentThread, "The caller of Close must hold the lock of the stock.");
        _isClosed = true;
        _timer.Dispose();
    }

    private static SpareChild Launch(SpareStock stock)
    {
        var spare = new SpareChild(stock, new SpareSurroundings());
        spare.Link = ChildLauncher.Launch("spare", new ChildProcessOptions { StandardError = ProcessOutput.Discard }, isSpare: true, spare);
        ChildLauncher.Watch(spare.Link, "spare");
        return spare;
    }

    private void Run()
    {
        lock (_gate)
        {
            _dueAt = long.MaxValue;
            if (_isRunning)
            {
                _runsAgain = true; // the other run may have looked for the last time
                return;
            }

            _isRunning = true;
        }

        try
        {
            _stock.SendNewHints();
            while (_stock.NeedsSpare())
            {
                if (_stock.MayWait && !Processors.IsOneIdle())
                {
                    lock (_gate)
                    {
                        Schedule(NextLook);
                    }

                    break;
                }

                _stock.Add(Launch(_stock));
            }
        }
        catch (Exception exception)
        {
            // The same cause fails the program's next start, which reports it.
            lock (_gate)
            {
                _stock.OnStartFailed(exception);
            }
        }
        finally
        {
            lock (_gate)
            {
                _isRunning = false;
                if (_runsAgain)
                {
                    _runsAgain = false;
                    Schedule(TimeSpan.Zero);
                }

                _stock.OnStarterIdle();
            }
        }
    }

    private void OnTimerFailed(Exception exception)
    {
        lock (_gate)
        {
            _stock.OnStartFailed(exception);
            _isRunning = false;
            _dueAt = long.MaxValue; // the next start or request sets the timer again
        }
    }
}
