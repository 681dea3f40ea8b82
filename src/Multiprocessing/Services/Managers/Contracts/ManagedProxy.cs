using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>The base class of the proxies of managed objects.</summary>
internal abstract class ManagedProxy(ProxyTarget target) : ProxyBase(target), IManagedObject
{
    /// <summary>Gives the reference of this process back.</summary>
    public void Dispose() => Target.Disposed();

    /// <summary>Gives the reference of a proxy of the program's own interface back.</summary>
    public static void Release(object proxy)
    {
        ArgumentNullException.ThrowIfNull(proxy);
        if (proxy is not ProxyBase released)
        {
            throw new ArgumentException($"A {proxy.GetType()} is no proxy of a managed object.", nameof(proxy));
        }

        released.Target.Disposed();
    }

    public override string ToString()
    {
        try
        {
            return Begin(0).Invoke<string>(CancellationToken.None);
        }
        catch (Exception error)
        {
            // The text is for people and must not throw: the manager may have ended.
            return $"{Target} ({ExceptionText.Message(error)})";
        }
    }

    /// <summary>Gets whether functions cross: the manager runs the same build.</summary>
    protected bool CodeCrosses => Target.Format.IsSameBuild;

    /// <summary>Returns a time limit as it is written into a call: -1 for none.</summary>
    protected static long Ticks(TimeSpan timeout) =>
        timeout == Timeout.InfiniteTimeSpan ? -1
        : timeout >= TimeSpan.Zero ? timeout.Ticks
        : throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "A time-out must be zero or positive, or Timeout.InfiniteTimeSpan.");
}

/// <summary>Reads and replaces of a remote value, for the loop of an update whose function cannot cross.</summary>
internal static class OptimisticUpdate
{
    /// <summary>Calls the function with the present value until no other client has changed the value meanwhile.</summary>
    public static T Run<T>(Func<Versioned<T>> read, Func<Versioned<T>, T> update, Func<T, long, bool> replace)
    {
        while (true)
        {
            var before = read();
            var value = update(before);
            if (replace(value, before.Version))
            {
                return value;
            }
        }
    }

    /// <inheritdoc cref="Run"/>
    public static async ValueTask<T> RunAsync<T>(
        Func<ValueTask<Versioned<T>>> read, Func<Versioned<T>, T> update, Func<T, long, ValueTask<bool>> replace)
    {
        while (true)
        {
            var before = await read().ConfigureAwait(false);
            var value = update(before);
            if (await replace(value, before.Version).ConfigureAwait(false))
            {
                return value;
            }
        }
    }
}
