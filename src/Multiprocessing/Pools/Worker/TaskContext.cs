using System.Diagnostics;
using System.Globalization;

namespace Multiprocessing;

/// <summary>
/// What surrounds a task where it is given to the pool, and is set up around its body in the worker: the trace that it belongs to, and the culture.
/// </summary>
internal sealed class TaskContext
{
    private readonly string? _traceParent;
    private readonly string? _traceState;
    private readonly KeyValuePair<string, string?>[] _baggage;
    private readonly CultureInfo? _culture;
    private readonly CultureInfo? _uiCulture;

    private TaskContext(Activity? activity, CultureInfo? culture, CultureInfo? uiCulture)
    {
        _traceParent = activity is null && CallerActivity.IsHeard ? "" : activity?.Id;
        _traceState = activity?.TraceStateString;
        _baggage = activity is null ? [] : [.. activity.Baggage.Reverse()];
        _culture = culture;
        _uiCulture = uiCulture;
    }

    /// <summary>The caller's, or null if there is nothing that the worker would not have by itself.</summary>
    public static TaskContext? Capture()
    {
        var culture = Differing(CultureInfo.CurrentCulture);
        var uiCulture = Differing(CultureInfo.CurrentUICulture);
        return Capture(culture, uiCulture);
    }

    /// <summary>The caller's, for a worker on another machine, whose system may have another culture.</summary>
    public static TaskContext CaptureForOtherMachine() => Capture(CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture)!;

    /// <summary>Sets it up on this thread, and in what flows from it.</summary>
    public Scope Enter(string name) => new(this, name);

    private static TaskContext? Capture(CultureInfo? culture, CultureInfo? uiCulture)
    {
        var activity = Activity.Current;
        return activity is null && culture is null && uiCulture is null && !CallerActivity.IsHeard
            ? null
            : new TaskContext(activity, culture, uiCulture);
    }

    /// <summary>A worker starts with the culture of the system, as this process did. One that can be changed is carried with its formats.</summary>
    private static CultureInfo? Differing(CultureInfo culture) =>
        culture.IsReadOnly && culture.Name == CultureInfo.InstalledUICulture.Name ? null : culture;

    public readonly ref struct Scope
    {
        private readonly Activity? _activity;
        private readonly CultureInfo? _culture;
        private readonly CultureInfo? _uiCulture;

        public Scope(TaskContext context, string name)
        {
            if (context._culture is { } culture)
            {
                _culture = CultureInfo.CurrentCulture;
                CultureInfo.CurrentCulture = culture;
            }

            if (context._uiCulture is { } uiCulture)
            {
                _uiCulture = CultureInfo.CurrentUICulture;
                CultureInfo.CurrentUICulture = uiCulture;
            }

            if (context._traceParent is { } parent)
            {
                _activity = Start(name, parent, context);
            }
        }

        /// <summary>Marks the task's span as failed. A filter, which handles nothing: the task's reply is written elsewhere.</summary>
        public bool Failed(Exception exception)
        {
            CallerActivity.Fail(_activity, exception);
            return false;
        }

        private static Activity? Start(string name, string parent, TaskContext context)
        {
            if (!CallerActivity.IsHeard || PoolWorker.Current is not { } worker)
            {
                return CallerActivity.Start(name, ActivityKind.Consumer, parent, context._traceState, context._baggage);
            }

            var tags = TaskTags.Of(worker.Pool, name, worker.Signals.Attempt, worker.Number, Environment.ProcessId);
            ActivityLink[]? links = worker.Signals.EarlierSpan() is { } earlier ? [new ActivityLink(earlier)] : null;
            var activity = CallerActivity.Start(name, ActivityKind.Consumer, parent, context._traceState, context._baggage, tags, links);
            if (activity is not null && CallerActivity.IsSpan(activity))
            {
                worker.Signals.PublishSpan(activity);
            }

            return activity;
        }

        public void Dispose()
        {
            _activity?.Dispose();
            if (_culture is not null)
            {
                CultureInfo.CurrentCulture = _culture;
            }

            if (_uiCulture is not null)
            {
                CultureInfo.CurrentUICulture = _uiCulture;
            }
        }
    }
}

/// <summary>A body for each item, in the context in which the map or the stream was begun.</summary>
internal sealed class ContextBody(PoolBody body, TaskContext context, string name) : PoolBody
{
    [PathName(null)]
    private readonly PoolBody _body = body;
    private readonly TaskContext _context = context;
    private readonly string _name = name;

    public override void Run(RunningTask task)
    {
        using var scope = _context.Enter(_name);
        try
        {
            _body.Run(task);
        }
        catch (Exception exception) when (scope.Failed(exception))
        {
        }
    }
}

/// <summary>A task that brings its own body, in the context in which it was given to the pool.</summary>
internal sealed class ContextCall(ChildCall call, TaskContext context, string name) : ChildCall
{
    [PathName(null)]
    private readonly ChildCall _call = call;
    private readonly TaskContext _context = context;
    private readonly string _name = name;

    public override Delegate Body => _call.Body;

    public override void Run(MessageBuffer result, Action? ended = null)
    {
        using var scope = _context.Enter(_name);
        try
        {
            _call.Run(result, ended);
        }
        catch (Exception exception) when (scope.Failed(exception))
        {
        }
    }

    public override void Prepare() => _call.Prepare();
}
