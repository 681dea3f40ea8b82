using System.Text;

namespace Multiprocessing.Fuzz;

/// <summary>
/// The document that a process publishes about itself, as an observer reads it: what makes no sense is left out. No exception leaves the reader, no
/// text in what it returns is missing, and it allocates no more than the size of the document justifies.
/// </summary>
internal sealed class StatusFileTarget : FuzzTarget
{
    private const string Children = """{"ProcessId":7,"Name":"worker 1","Role":3,"LastOutput":"line"}""";

    private const string Pool = """
        {"Pool":{"Id":"7-1","Name":"images","OwnerProcessId":7,"MaxWorkers":2,"Workers":[{"Number":1,"ProcessId":8,"Activity":1,"TaskName":"Resize",
        "TaskTime":"00:00:01","TasksDone":3,"Lifetime":"00:01:00","WorkingShare":0.5,"SerializingShare":0.1,"LastOutput":null}],"Pending":4,"Running":1,
        "Succeeded":5,"Failed":1,"Canceled":0,"TimedOut":0,"Retries":0,"WorkerDeaths":0,"WorkersStarted":2,"Tasks":[{"Name":"Resize","Succeeded":5,
        "Failed":1,"WaitMedian":"00:00:01","WaitP95":"00:00:02","RunMedian":"00:00:01","RunP95":"00:00:02"}],"Conclusions":["slow"]},
        "Tasks":[{"PoolId":"7-1","Number":1,"Name":"Resize","WorkerNumber":1,"ProcessId":8,"Created":"2026-01-01T00:00:00+00:00",
        "Started":"2026-01-01T00:00:01+00:00","Ended":"2026-01-01T00:00:02+00:00","Outcome":1,"Attempt":1,"Error":"broken"}]}
        """;

    private const string Service = """
        {"Name":"ocr","Interface":"IOcr","OwnerProcessId":7,"ProcessId":9,"State":"ready","RestartCount":0,"PendingCalls":2}
        """;

    private const string Supervisor = """
        {"Name":"guard","OwnerProcessId":7,"Strategy":0,"RestartCount":1,"Children":[{"Name":"ocr","State":2,"ProcessId":9,"RestartCount":1}]}
        """;

    private const string PoolCounts = """
        [{"Pool":"images","WorkersStarted":3,"WorkersDied":1,"Pending":2,"Workers":[0,1,2,0],"Tasks":[{"Name":"Resize","Succeeded":5,"Failed":1,
        "Canceled":0,"TimedOut":0,"WorkerDied":1,"Retries":1,"ArgumentBytes":100,"ResultBytes":2000}]}]
        """;

    private const string ServiceCounts = """[{"Service":"ocr","Running":1,"Pending":2,"Restarts":1,"Calls":[5,1,0,0,1]}]""";

    private readonly string[] _entries =
    [
        Entry(StatusKind.Children, $"[{Children}]"), Entry(StatusKind.Pool, Pool), Entry(StatusKind.Service, Service), Entry(StatusKind.Supervisor, Supervisor),
        Entry(StatusKind.PoolFigures, PoolCounts), Entry(StatusKind.ServiceFigures, ServiceCounts),
    ];

    public StatusFileTarget()
    {
        var reader = new StatusReader();
        reader.Read(Seeds[0]);
        if (reader is not { Children.Count: 1, Pools.Count: 1, Services.Count: 1, Supervisors.Count: 1, PoolFigures.Count: 1, ServiceFigures.Count: 1, Omitted: 3 } || reader.TakeTasks(out _).Count != 1)
        {
            throw new InvalidOperationException("The reader does not understand the seed.");
        }
    }

    public override IReadOnlyList<byte[]> Seeds => [Document([.. _entries]), .. _entries.Select(static entry => Document(entry))];

    public override void Run(byte[] input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reader = new StatusReader();
        reader.Read(input);
        Check(reader);
        Allocation.ThrowIfAbove(before, input);
    }

    private static byte[] Document(params string[] entries) =>
        Encoding.UTF8.GetBytes($$"""{"version":{{StatusFile.Version}},"time":1000,"entries":[{{string.Join(',', entries)}}],"omitted":3}""");

    private static string Entry(StatusKind kind, string value) => $$"""{"kind":{{(int)kind}},"value":{{value}}}""";

    private static void Check(StatusReader reader)
    {
        var texts = reader.Pools.SelectMany(static pool => pool.Conclusions.Concat(pool.Tasks.Select(static task => task.Name)).Append(pool.Id).Append(pool.Name))
            .Concat(reader.Services.SelectMany(static service => new[] { service.Name, service.Interface, service.State }))
            .Concat(reader.Supervisors.SelectMany(static supervisor => supervisor.Children.Select(static child => child.Name).Append(supervisor.Name)))
            .Concat(reader.Children.Values.Select(static child => child.Name))
            .Concat(reader.PoolFigures.SelectMany(static pool => pool.Tasks.Select(static task => task.Name).Append(pool.Pool)))
            .Concat(reader.ServiceFigures.Select(static service => service.Service))
            .Concat(reader.TakeTasks(out var missed).SelectMany(static task => new[] { task.PoolId, task.Name }));
        if (texts.Contains(null!) || missed < 0 || reader.Omitted < 0)
        {
            throw new InvalidOperationException("A text is missing, or a count is negative.");
        }
    }
}
