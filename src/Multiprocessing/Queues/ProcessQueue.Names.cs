using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Multiprocessing;

public sealed partial class ProcessQueue<T>
{
    /// <summary>
    /// Opens the queue of a name, or creates it: all programs of this user that use the name get the same queue, whichever program started them. It
    /// is freed when the last of them has disposed it or has exited for any reason. Other programs may open it at any time, so a wait at it never
    /// throws <see cref="QueueAbandonedException"/>. Numbers, text, and arrays of numbers can be shared by all programs; other types only by programs
    /// that use the same build of the type and, if the type is not sealed, are the same program.
    /// </summary>
    /// <param name="name">The name: 1 to 128 characters, no control characters; case-sensitive. All kinds of objects share one set of names.</param>
    /// <param name="options">
    /// The options; the same for all programs, except <see cref="ProcessQueueOptions.DisplayName"/> and
    /// <see cref="ProcessQueueOptions.OrphanGrace"/>, which are ignored.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, to a queue of another item type, capacity or number of bytes, or of a type of another build, or to
    /// programs that use a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The directory where programs meet is accessible to other users.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is not enough shared memory.</exception>
    public static ProcessQueue<T> OpenOrCreate(string name, ProcessQueueOptions? options = null) => OpenOrCreate(null, name, options);

    /// <summary>Opens the existing queue of a name, with the options that it was created with.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="NamedObjectNotFoundException">No program has a queue of that name.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, or to programs that use a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The directory where programs meet is accessible to other users.</exception>
    public static ProcessQueue<T> Open(string name) =>
        NamedObject.Open(null, name, ItemBuild.IdentityOf<T>(nameof(ProcessQueue<T>), null), OpenNamed);

    /// <summary>Opens the queue of a name if it exists.</summary>
    /// <param name="name">The name.</param>
    /// <param name="opened">The queue, or null.</param>
    /// <returns>False if no program has a queue of that name.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, or to programs that use a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The directory where programs meet is accessible to other users.</exception>
    public static bool TryOpen(string name, [NotNullWhen(true)] out ProcessQueue<T>? opened) =>
        NamedObject.TryOpen(null, name, ItemBuild.IdentityOf<T>(nameof(ProcessQueue<T>), null), OpenNamed, out opened);

    internal static ProcessQueue<T> OpenOrCreate(Session? session, string name, ProcessQueueOptions? options)
    {
        options ??= new ProcessQueueOptions();
        var named = new ProcessQueueOptions
        {
            Capacity = options.Capacity,
            MaxBytes = options.MaxBytes,
            OrphanGrace = Timeout.InfiniteTimeSpan,
            DisplayName = name,
        };
        Check(named);
        var details = $"capacity {named.Capacity?.ToString(CultureInfo.InvariantCulture) ?? "unbounded"}, {named.MaxBytes} bytes";
        return NamedObject.OpenOrCreate(
            session, name, ItemBuild.IdentityOf<T>(nameof(ProcessQueue<T>), details), OpenNamed,
            owner => new ProcessQueue<T>(owner, named, ValueSerializer<T>.IsRaw));
    }

    private static ProcessQueue<T>? OpenNamed(Session session, SegmentId id) =>
        QueueCore.Open(session, id) is { } core ? new ProcessQueue<T>(core) : null;

    private static void Check(ProcessQueueOptions options)
    {
        if (options.Capacity is { } capacity)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity, nameof(options.Capacity));
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxBytes, nameof(options.MaxBytes));
        _ = options.OrphanGrace == Timeout.InfiniteTimeSpan || options.OrphanGrace >= TimeSpan.Zero
            ? true
            : throw new ArgumentOutOfRangeException(
                nameof(options.OrphanGrace), options.OrphanGrace, "OrphanGrace must be zero or positive, or Timeout.InfiniteTimeSpan.");
    }
}
