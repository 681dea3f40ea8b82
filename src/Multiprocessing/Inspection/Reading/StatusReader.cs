using System.Text.Json;

namespace Multiprocessing;

/// <summary>
/// Reads what the processes of a program publish. Nothing in a file is trusted: what cannot be read is left out, as if it were not there. Not
/// thread-safe.
/// </summary>
internal sealed unsafe class StatusReader
{
    /// <summary>How long the first read waits for the processes to see that they are looked at: a tick of theirs, and some time to write.</summary>
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(900);

    private const long MaxBytes = 4 << 20;

    /// <summary>Ended tasks that are kept until they are taken. Of more, the oldest count as missed.</summary>
    private const int MaxKeptTasks = 20_000;

    private readonly Dictionary<string, long> _lastTask = [];
    private readonly List<TaskRecord> _tasks = [];
    private long _missed;
    private bool _hasLooked;

    public List<PoolSnapshot> Pools { get; } = [];

    public List<ServiceSnapshot> Services { get; } = [];

    public List<SupervisorSnapshot> Supervisors { get; } = [];

    public Dictionary<int, PublishedChild> Children { get; } = [];

    public List<PoolFigures> PoolFigures { get; } = [];

    public List<ServiceFigures> ServiceFigures { get; } = [];

    /// <summary>Gets the number of entries for which the processes had no room in their documents.</summary>
    public int Omitted { get; private set; }

    /// <summary>Makes the processes publish, and reads what they have published.</summary>
    /// <returns>Whether it has waited for them, so that the view is old.</returns>
    public bool Read(SessionView view, IReadOnlyList<int> living)
    {
        var lookedAt = view.Header->LookedAt;
        var now = Environment.TickCount64;
        var isFirst = !_hasLooked && Math.Abs(now - lookedAt) >= StatusFile.LookLasts;
        view.Look(now);
        _hasLooked = true;
        if (isFirst)
        {
            WaitForPublishers(view, living, now);
        }

        Clear();
        foreach (var slot in Publishers(view, living))
        {
            using var document = TryRead(view, slot);
            if (document is not null)
            {
                Take(document.RootElement);
            }
        }

        return isFirst;
    }

    /// <summary>Reads one document, as if it were the only one that was published.</summary>
    public void Read(ReadOnlyMemory<byte> bytes)
    {
        Clear();
        using var document = TryParse(bytes);
        if (document is not null)
        {
            Take(document.RootElement);
        }
    }

    /// <summary>
    /// Returns the bytes of a published document. Null if it cannot be read now: not written yet, removed, or, on Windows, being replaced; or if it
    /// is larger than any publisher writes.
    /// </summary>
    public static byte[]? ReadFile(string path)
    {
        try
        {
            return new FileInfo(path).Length > MaxBytes ? null : File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Takes the tasks that were read since the last call.</summary>
    public IReadOnlyList<TaskRecord> TakeTasks(out long missed)
    {
        missed = _missed;
        _missed = 0;
        TaskRecord[] taken = [.. _tasks.OrderBy(static task => task.Ended)];
        _tasks.Clear();
        return taken;
    }

    private void Clear()
    {
        Pools.Clear();
        Services.Clear();
        Supervisors.Clear();
        Children.Clear();
        PoolFigures.Clear();
        ServiceFigures.Clear();
        Omitted = 0;
    }

    private static IEnumerable<int> Publishers(SessionView view, IReadOnlyList<int> living) => living.Where(slot => IsPublisher(view, slot));

    private static bool IsPublisher(SessionView view, int slot) =>
        view.Participant(slot)->State == (int)ParticipantState.Active && view.Participant(slot)->Publishes != 0;

    private static void WaitForPublishers(SessionView view, IReadOnlyList<int> living, long since)
    {
        var end = Environment.TickCount64 + (long)FirstWait.TotalMilliseconds;
        while (Environment.TickCount64 < end)
        {
            if (Publishers(view, living).All(slot => IsNewer(view, slot, since)))
            {
                return;
            }

            Thread.Sleep(20);
        }
    }

    private static bool IsNewer(SessionView view, int slot, long since)
    {
        using var document = TryRead(view, slot);
        return document is not null && document.RootElement.TryGetProperty("time"u8, out var time)
            && time.ValueKind == JsonValueKind.Number && time.TryGetInt64(out var at) && at >= since;
    }

    private static JsonDocument? TryRead(SessionView view, int slot) =>
        ReadFile(StatusFile.PathOf(view.Path, new ParticipantId(slot, view.Participant(slot)->Generation))) is { } bytes ? TryParse(bytes) : null;

    /// <returns>Null if the bytes are no document of this version.</returns>
    private static JsonDocument? TryParse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var document = JsonDocument.Parse(bytes);
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("version"u8, out var version)
                && version.ValueKind == JsonValueKind.Number && version.TryGetInt32(out var number) && number == StatusFile.Version)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Take(JsonElement root)
    {
        if (root.TryGetProperty("omitted"u8, out var omitted) && omitted.ValueKind == JsonValueKind.Number && omitted.TryGetInt32(out var count)
            && count > 0)
        {
            Omitted = (int)Math.Min(int.MaxValue, (long)Omitted + count);
        }

        if (!root.TryGetProperty("entries"u8, out var entries) || entries.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        foreach (var entry in entries.EnumerateArray())
        {
            try
            {
                Take((StatusKind)entry.GetProperty("kind"u8).GetInt32(), entry.GetProperty("value"u8));
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException
                or NotSupportedException)
            {
                // Damaged, or of another build: the other entries count.
            }
        }
    }

    private void Take(StatusKind kind, JsonElement value)
    {
        switch (kind)
        {
            case StatusKind.Children:
                foreach (var child in Whole(value.Deserialize(ChildrenStatusContext.Default.ListPublishedChild)))
                {
                    Children[child.ProcessId] = child;
                }

                break;
            case StatusKind.Pool when value.Deserialize(PoolStatusContext.Default.PublishedPool) is { } pool:
                Pools.Add(pool.Pool with
                {
                    Workers = Whole(pool.Pool.Workers),
                    Tasks = Whole(pool.Pool.Tasks),
                    Conclusions = Whole(pool.Pool.Conclusions),
                });
                TakeTasks(pool.Pool.Id, Whole(pool.Tasks));
                break;
            case StatusKind.Service when value.Deserialize(ServiceStatusContext.Default.ServiceSnapshot) is { } service:
                Services.Add(service);
                break;
            case StatusKind.Supervisor when value.Deserialize(ServiceStatusContext.Default.SupervisorSnapshot) is { } supervisor:
                Supervisors.Add(supervisor with { Children = Whole(supervisor.Children) });
                break;
            case StatusKind.PoolFigures:
                PoolFigures.AddRange(
                    Whole(value.Deserialize(PoolFiguresContext.Default.ListPublishedPoolFigures)).Select(static pool => pool.ToFigures()));
                break;
            case StatusKind.ServiceFigures:
                ServiceFigures.AddRange(Whole(value.Deserialize(ServiceFiguresContext.Default.ListServiceFigures)));
                break;
        }
    }

    /// <summary>The serializer checks members for null, and not the elements of lists.</summary>
    private static IReadOnlyList<T> Whole<T>(IReadOnlyList<T>? list)
        where T : class => list is null ? [] : [.. list.OfType<T>()];

    private void TakeTasks(string pool, IReadOnlyList<TaskRecord> tasks)
    {
        if (tasks.Count == 0)
        {
            return;
        }

        // What ended before this monitor looked is not missed.
        var last = _lastTask.GetValueOrDefault(pool, tasks[0].Number - 1);
        foreach (var task in tasks)
        {
            if (task.Number > last)
            {
                _missed += task.Number - last - 1;
                last = task.Number;
                _tasks.Add(task);
            }
        }

        _lastTask[pool] = last;
        if (_tasks.Count > MaxKeptTasks)
        {
            _missed += _tasks.Count - MaxKeptTasks;
            _tasks.RemoveRange(0, _tasks.Count - MaxKeptTasks);
        }
    }
}
