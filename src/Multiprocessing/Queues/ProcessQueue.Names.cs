using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Multiprocessing;

public sealed partial class ProcessQueue<T>
{
    /// <summary>
    /// Opens the queue of a name, or creates it: all programs of this user that ask for the name get the same one, whoever started them. It goes when the last of them has disposed it, or has
    /// ended, however that was. As others may come at any time, a wait at it never ends with a <see cref="QueueAbandonedException"/>. Numbers, text, and arrays of numbers are the same for all programs; other types
    /// only for those that use the same build of the type, and, if the type is not sealed, are the same program.
    /// </summary>
    /// <param name="name">The name: 1 to 128 characters, no control characters; case counts. All kinds of objects share the names.</param>
    /// <param name="options">How it behaves; the same for all, except <see cref="ProcessQueueOptions.DisplayName"/> and <see cref="ProcessQueueOptions.OrphanGrace"/>, which mean nothing here.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, to a queue of another item type, capacity or number of bytes, or of a type of another build, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it.</exception>
    public static ProcessQueue<T> OpenOrCreate(string name, ProcessQueueOptions? options = null) => OpenOrCreate(null, name, options);

    /// <summary>Opens the queue of a name, as the programs have it that created it.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="NamedObjectNotFoundException">No program has one of that name.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    public static ProcessQueue<T> Open(string name) => NamedObject.Open(null, name, ItemBuild.IdentityOf<T>(nameof(ProcessQueue<T>), null), OpenNamed);

    /// <summary>Opens the queue of a name if there is one.</summary>
    /// <param name="name">The name.</param>
    /// <param name="opened">It, or null.</param>
    /// <returns>False if no program has one of that name.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    public static bool TryOpen(string name, [NotNullWhen(true)] out ProcessQueue<T>? opened) => NamedObject.TryOpen(null, name, ItemBuild.IdentityOf<T>(nameof(ProcessQueue<T>), null), OpenNamed, out opened);

    internal static ProcessQueue<T> OpenOrCreate(Session? session, string name, ProcessQueueOptions? options)
    {
        options ??= new ProcessQueueOptions();
        var called = new ProcessQueueOptions { Capacity = options.Capacity, MaxBytes = options.MaxBytes, OrphanGrace = Timeout.InfiniteTimeSpan, DisplayName = name };
        Check(called);
        return NamedObject.OpenOrCreate(session, name, ItemBuild.IdentityOf<T>(nameof(ProcessQueue<T>), $"capacity {called.Capacity?.ToString(CultureInfo.InvariantCulture) ?? "unbounded"}, {called.MaxBytes} bytes"), OpenNamed, owner => new ProcessQueue<T>(owner, called, ValueSerializer<T>.IsRaw));
    }

    private static ProcessQueue<T>? OpenNamed(Session session, SegmentId id) => QueueCore.Open(session, id) is { } core ? new ProcessQueue<T>(core) : null;

    private static void Check(ProcessQueueOptions options)
    {
        if (options.Capacity is { } capacity)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity, nameof(options.Capacity));
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxBytes, nameof(options.MaxBytes));
        _ = options.OrphanGrace == Timeout.InfiniteTimeSpan || options.OrphanGrace >= TimeSpan.Zero
            ? true
            : throw new ArgumentOutOfRangeException(nameof(options.OrphanGrace), options.OrphanGrace, "The grace is zero or more, or Timeout.InfiniteTimeSpan.");
    }
}
