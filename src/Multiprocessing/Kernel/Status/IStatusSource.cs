using System.Text.Json;

namespace Multiprocessing;

/// <summary>What an entry of a status file describes.</summary>
internal enum StatusKind
{
    /// <summary>The children of the process: names, roles, last output.</summary>
    Children,

    /// <summary>A pool, and its tasks that have ended.</summary>
    Pool,

    /// <summary>A service.</summary>
    Service,

    /// <summary>A supervisor.</summary>
    Supervisor,

    /// <summary>The counts of all pools of the process, for metrics.</summary>
    PoolFigures,

    /// <summary>The counts of all services of the process, for metrics.</summary>
    ServiceFigures,
}

/// <summary>Something that only this process knows, and that an observer of the program may want to see; see <see cref="StatusPublisher"/>.</summary>
internal interface IStatusSource
{
    StatusKind Kind { get; }

    /// <summary>
    /// Writes one JSON value, on a thread of the thread pool, at most twice a second. It copies what it needs within microseconds, and holds no lock
    /// while it calls code of the program.
    /// </summary>
    void WriteStatus(Utf8JsonWriter writer);

    /// <summary>Does what an observer asks, if it is meant for this source. On the same thread; it returns at once.</summary>
    void OnRequest(StatusRequest request)
    {
    }
}
