using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// Runs the tasks that the worker has claimed, one after the other: reads the request, runs the body, commits exactly one reply. On the worker's main
/// thread.
/// </summary>
internal sealed unsafe class TaskRunner
{
    /// <summary>Milliseconds between two readings of the process's memory, which ask the operating system.</summary>
    private const long MemoryInterval = 10;

    private readonly ChannelLayout* _channel;
    private readonly RequestReader _requests;
    private readonly ReplyWriter _replies;
    private readonly TaskSignals _signals;
    private readonly WorkerBodies _bodies;
    private readonly RunningTask _task;
    private readonly WorkerPace _pace = new();
    private readonly TaskThreadState _thread = new();
    private readonly bool _watchesMemory;
    private long _memoryReadAt;

    /// <summary>On the thread that runs the tasks, after the initializer: what that has set up for the thread is there for each task.</summary>
    public TaskRunner(WorkerStart start, RequestReader requests, ReplyWriter replies, TaskSignals signals, WorkerReadContext context)
    {
        _channel = (ChannelLayout*)start.Channel.Base;
        _requests = requests;
        _replies = replies;
        _signals = signals;
        _bodies = new WorkerBodies(context, signals);
        _task = new RunningTask(replies, context, requests.Release);
        _watchesMemory = start.WatchesMemory;
    }

    /// <summary>Runs a task to its reply.</summary>
    /// <param name="number">The task's number, claimed by this worker.</param>
    /// <exception cref="InvalidDataException">The memory of the requests was overwritten. The worker ends, and with it this task.</exception>
    public void Run(uint number)
    {
        var header = _requests.Next(number);
        var begun = Begin(number, header);
        _thread.Before(header.Body);
        _signals.Begin(number, header.Attempt);
        _task.Begin(number, begun);
        try
        {
            var content = _requests.Content(header, out var end);
            _task.SetArgument(content + ByteRing.Align(header.BodyLength), end);
            _bodies.Of(header, content).Run(_task);
        }
        catch (Exception exception)
        {
            _thread.AfterFailure();
            _task.Fail(exception);
        }

        _thread.After(header.Body, _pace.AreTasksShort);
        _signals.End();
        _requests.Release();
        if (begun != 0)
        {
            _pace.Learn(_task.Ended - begun);
        }

        if (_pace.IsNotificationDue(_replies.Unnotified, _task.Ended))
        {
            _replies.NotifyPool();
            PublishMemory();
        }
    }

    /// <summary>Publishes how much memory the process has, if the pool limits it.</summary>
    public void PublishMemory()
    {
        if (_watchesMemory && Environment.TickCount64 - _memoryReadAt > MemoryInterval)
        {
            Volatile.Write(ref _channel->WorkingSet, Environment.WorkingSet);
            _memoryReadAt = Environment.TickCount64;
        }
    }

    /// <returns>When the task begins, in ticks of the stopwatch; 0 if it is not measured.</returns>
    private long Begin(uint number, in RequestHeader header)
    {
        var isTimed = (header.Flags & RequestFlags.Timed) != 0;
        if (!isTimed && !_pace.MeasuresNext())
        {
            return 0;
        }

        var begun = Stopwatch.GetTimestamp();
        if (isTimed)
        {
            // The time first: the pool never sees this number with the time of an older task.
            _channel->TimedStart = begun;
            Volatile.Write(ref _channel->TimedNumber, (int)number);
        }

        return begun;
    }
}
