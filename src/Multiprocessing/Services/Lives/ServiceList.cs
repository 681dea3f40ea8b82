namespace Multiprocessing;

/// <summary>
/// The services of this process, for the metrics. Owns the list of their processes that live, and for each name the last counts of those that have
/// ended: a counter never falls. Thread-safe; its lock is taken under those of services, and nothing is called under it.
/// </summary>
internal static class ServiceList
{
    /// <summary>
    /// A program that invents names without end keeps the counts of so many; those of further names are lost when their processes end.
    /// </summary>
    private const int MaxNames = 1024;

    private static readonly Lock Gate = new();
    private static readonly HashSet<ServiceInstance> Living = [];
    private static readonly Dictionary<string, ServiceFigures> Ended = [];

    public static void Add(ServiceInstance instance)
    {
        lock (Gate)
        {
            Living.Add(instance);
        }

        FiguresPublisher.Add(ServiceFiguresStatus.Instance);
    }

    /// <summary>The process has ended, and so have all calls of it.</summary>
    public static void Retire(ServiceInstance instance)
    {
        var last = ServiceFigures.Of(instance).WithoutState();
        lock (Gate)
        {
            if (Living.Remove(instance))
            {
                Count(last);
            }
        }
    }

    /// <summary>A process is started again.</summary>
    public static void Restarted(string service)
    {
        lock (Gate)
        {
            Count(new ServiceFigures(service, 0, 0, 1, []));
        }
    }

    /// <summary>Returns the counts of all services that this process has or had, one entry for each name.</summary>
    public static List<ServiceFigures> Read()
    {
        ServiceInstance[] living;
        List<ServiceFigures> all;
        lock (Gate)
        {
            living = [.. Living];
            all = [.. Ended.Values];
        }

        // Without this lock, as in the list of pools: one that ends meanwhile is counted here, and among the ended ones next time.
        all.AddRange(living.Select(ServiceFigures.Of));
        return [.. all.GroupBy(static service => service.Service).Select(static same => same.Aggregate(static (one, two) => one.Plus(two)))];
    }

    private static void Count(ServiceFigures figures)
    {
        if (Ended.TryGetValue(figures.Service, out var before))
        {
            Ended[figures.Service] = before.Plus(figures);
        }
        else if (Ended.Count < MaxNames)
        {
            Ended.Add(figures.Service, figures);
        }
    }
}
