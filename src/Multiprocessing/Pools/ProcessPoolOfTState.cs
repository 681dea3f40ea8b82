namespace Multiprocessing;

/// <summary>
/// A <see cref="ProcessPool"/> in which each worker has a state of its own, such as a model or a connection. The worker creates it once, before its
/// first task, passes it to each body as the first argument, and disposes of it when it ends in good order.
/// </summary>
/// <remarks>
/// In <c>MapAsync</c>, <c>StreamAsync</c> and <c>ForEachAsync</c> a lambda of two parameters takes the state and the item, even where the items are
/// pairs; one of three takes the state, the item and the cancellation token; one of a single parameter takes the item alone. For the parts of a tuple
/// without the state, call the member of the base class (<c>((ProcessPool)pool).MapAsync(...)</c>), or pass a method whose parameters have these
/// types.
/// </remarks>
/// <typeparam name="TState">Type of the state. It need not be serializable: it is created in the worker and stays there.</typeparam>
/// <example>
/// <code>
/// await using var pool = new ProcessPool&lt;Dictionary&lt;string, int>>(
///     () => Enumerable.Range(0, 1_000).ToDictionary(number => $"word {number}")); // once in each worker
/// int number = await pool.RunAsync((table, word) => table[word], "word 7");
/// </code>
/// </example>
public sealed partial class ProcessPool<TState> : ProcessPool
{
    /// <summary>
    /// Initializes a new instance. No worker starts before a task needs it, except those of <see cref="ProcessPoolOptions.MinWorkers"/>.
    /// </summary>
    /// <param name="stateFactory">
    /// Creates the state of a worker, in the worker. An exception that it throws ends the pool: all calls fail with it.
    /// </param>
    /// <param name="options">Number of workers, limits, time-outs; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stateFactory"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="NotSerializableException"><paramref name="stateFactory"/> cannot cross to a worker.</exception>
    public ProcessPool(Func<TState> stateFactory, ProcessPoolOptions? options = null)
        : base((options ?? new ProcessPoolOptions()).ToValidated(), new StateInitializer<TState>(Required(stateFactory), options?.Initializer))
    {
    }
}
