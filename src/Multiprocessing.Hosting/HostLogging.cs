using Microsoft.Extensions.Logging;

namespace Multiprocessing;

/// <summary>
/// While it exists, the library logs to the factory of its host. The library has one factory for a process: with several hosts in one process it is
/// that of the host which started last and has not ended. The container disposes of it after the pools, which are created later, and before the
/// factory.
/// </summary>
internal sealed class HostLogging : IDisposable
{
    private static readonly Lock Gate = new();
    private static readonly List<HostLogging> Hosts = [];
    private static ILoggerFactory? _before;

    private readonly ILoggerFactory? _factory;

    /// <param name="factory">The host's factory; <see langword="null"/> changes nothing.</param>
    public HostLogging(ILoggerFactory? factory)
    {
        _factory = factory;
        if (factory is null)
        {
            return;
        }

        lock (Gate)
        {
            if (Hosts.Count == 0)
            {
                _before = MultiprocessingLogging.Factory;
            }

            Hosts.Add(this);
            MultiprocessingLogging.Factory = factory;
        }
    }

    public void Dispose()
    {
        lock (Gate)
        {
            // A factory that the program has set meanwhile stays.
            if (Hosts.Remove(this) && ReferenceEquals(MultiprocessingLogging.Factory, _factory))
            {
                MultiprocessingLogging.Factory = Hosts.Count > 0 ? Hosts[^1]._factory! : _before!;
            }
        }
    }
}
