namespace Multiprocessing;

/// <summary>
/// Shows the progress of maps and streams of a <see cref="ProcessPool"/>: in a terminal as a bar with count, rate, time left and failures, and the
/// pool's workers below it; elsewhere, in a log or a file, as a plain line from time to time. It needs no other call: it begins with the first report
/// and ends with the last one, which a pool always sends.
/// </summary>
/// <remarks>
/// <para>
/// Several may be shown at once, also of one pool, whose workers then appear once. One object may serve several calls, each with a bar of its own.
/// While a bar is shown, what the program writes to <see cref="Console.Out"/>, <see cref="Console.Error"/> or Spectre's console appears above it,
/// line by line. Output that does not pass through these, such as that of a worker with an inherited console, disturbs the bar: collect it with
/// <c>ProcessOutput.ToLines</c> or <c>ProcessOutput.Log</c>.
/// </para>
/// <para>
/// The cursor is never hidden and stays below the bar, so that a program that is interrupted or killed leaves a usable terminal.
/// The environment variable <c>NO_COLOR</c> turns colours off. A terminal without ANSI sequences (<c>TERM=dumb</c>), or one where another live
/// display of Spectre's is shown, gets plain lines. All members are thread-safe.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// await using var pool = new ProcessPool();
/// int[] lengths = await pool.MapAsync(Directory.GetFiles("."), path => path.Length, new() { Progress = new ConsoleProgress("files") });
/// </code>
/// </example>
public sealed class ConsoleProgress : IProgress<PoolProgress>, IDisposable
{
    private readonly Lock _gate = new();
    private readonly string? _title;
    private readonly ConsoleProgressOptions _options;
    private readonly Dictionary<long, IProgressView> _views = [];
    private bool _isDisposed;

    /// <summary>Initializes a new instance. Nothing is shown before the first report.</summary>
    /// <param name="title">The text before the bar; <see langword="null"/> for the name of the tasks (<see cref="TaskOptions.Name"/>).</param>
    /// <param name="options">Where and how it is shown; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is negative.</exception>
    public ConsoleProgress(string? title = null, ConsoleProgressOptions? options = null)
    {
        _title = title;
        _options = (options ?? new ConsoleProgressOptions()).ToValidated();
    }

    /// <summary>Shows a report. Called by the pool.</summary>
    /// <param name="value">The report.</param>
    /// <exception cref="ArgumentNullException"><paramref name="value"/> is <see langword="null"/>.</exception>
    /// <exception cref="IOException">The terminal or file does not accept output any more. Thrown once; later reports are ignored.</exception>
    public void Report(PoolProgress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        IProgressView? view;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            if (!_views.TryGetValue(value.CallNumber, out view))
            {
                view = ProgressViews.Create(_title ?? value.TaskName, _options, value);
                _views.Add(value.CallNumber, view);
            }

            if (value.IsFinal)
            {
                _views.Remove(value.CallNumber);
            }
        }

        view.Show(value);
    }

    /// <summary>
    /// Ends the bars of calls that have not ended, and ignores further reports. Not needed for calls of a pool, which end their bars themselves.
    /// </summary>
    public void Dispose()
    {
        IProgressView[] views;
        lock (_gate)
        {
            _isDisposed = true;
            views = [.. _views.Values];
            _views.Clear();
        }

        foreach (var view in views)
        {
            view.End();
        }
    }
}
