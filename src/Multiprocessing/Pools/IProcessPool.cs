namespace Multiprocessing;

/// <summary>
/// A pool that runs tasks in other processes. Code that is written against this interface does not depend on where the workers are:
/// <see cref="ProcessPool"/> has them on this machine. Each form of <c>RunAsync</c>, <c>MapAsync</c>, <c>StreamAsync</c> and <c>ForEachAsync</c> that
/// <see cref="ProcessPool"/> has is an extension method of the interface (<see cref="ProcessPoolExtensions"/>). All members are thread-safe.
/// </summary>
/// <remarks>
/// The members that take a <see cref="PoolCall{TResult}"/> or an <see cref="ItemBody{TItem, TResult}"/> are those which an implementation has, so
/// that it has five of them and not hundreds. A class that adds something to a pool, such as a log or a quota, implements them and passes the
/// arguments on. For tests, <see cref="ProcessPool"/> with <see cref="ProcessPoolOptions.Workers"/> = 0 runs the tasks in the test's process.
/// </remarks>
/// <example>
/// <code>
/// static async Task&lt;long> SizeOf(IProcessPool pool, string folder) // works with each kind of pool
/// {
///     long[] sizes = await pool.MapAsync(Directory.GetFiles(folder), file => new FileInfo(file).Length);
///     return sizes.Sum();
/// }
///
/// await using IProcessPool pool = new ProcessPool();
/// long size = await SizeOf(pool, ".");
/// </code>
/// </example>
public interface IProcessPool : IAsyncDisposable
{
    /// <summary>Gets the name that errors carry.</summary>
    string Name { get; }

    /// <summary>Gets the maximum number of tasks that run at the same time, or 0 for a pool that runs its tasks in this process.</summary>
    int Workers { get; }

    /// <summary>Gets a value that indicates whether the pool takes tasks.</summary>
    ProcessPoolStatus Status { get; }

    /// <summary>
    /// Gets the error with which all calls fail if <see cref="Status"/> is <see cref="ProcessPoolStatus.Broken"/>; otherwise <see langword="null"/>.
    /// </summary>
    Exception? Failure { get; }

    /// <summary>Runs a body with its arguments in a worker.</summary>
    /// <typeparam name="TResult">Type of the result; the caller receives a copy.</typeparam>
    /// <param name="call">The body with its arguments.</param>
    /// <param name="options">Name, priority, time limit; <see langword="null"/> for the pool's defaults.</param>
    /// <param name="cancellationToken">Cancels the task, whether it waits or runs.</param>
    /// <returns>A task that completes with the body's result, with the body's exception, or with the reason why the body did not finish.</returns>
    Task<TResult> RunAsync<TResult>(PoolCall<TResult> call, TaskOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Runs a body for each item and returns all results in the order of the source.</summary>
    /// <typeparam name="TItem">Type of the items.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <param name="source">The items; this call reads all of them.</param>
    /// <param name="body">The body.</param>
    /// <param name="options">Name, priority, time limit of each item; <see langword="null"/> for the pool's defaults.</param>
    /// <param name="cancellationToken">Ends the map.</param>
    /// <returns>The results. The first error of any item ends the map.</returns>
    Task<TResult[]> MapAsync<TItem, TResult>(
        IEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Runs a body for each item and returns the outcome of each: an error, or a death, affects that item only.</summary>
    /// <typeparam name="TItem">Type of the items.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <param name="source">The items; this call reads all of them.</param>
    /// <param name="body">The body.</param>
    /// <param name="options">Name, priority, time limit of each item; <see langword="null"/> for the pool's defaults.</param>
    /// <param name="cancellationToken">Ends the map.</param>
    /// <returns>The outcomes in the order of the source.</returns>
    Task<Outcome<TResult>[]> MapOutcomesAsync<TItem, TResult>(
        IEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Runs a body for each item and returns the outcome of each while the source is read.</summary>
    /// <typeparam name="TItem">Type of the items.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <param name="source">The items; read only while there is room (<see cref="MapOptions.MaxInFlight"/>), and by one thread at a time.</param>
    /// <param name="body">The body.</param>
    /// <param name="options">Order, room, name, priority, time limit of each item; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <returns>The outcomes; leaving the loop cancels the items in flight.</returns>
    IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<TItem, TResult>(
        IEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Runs a body for each item of an asynchronous source and returns the outcome of each while the source is read.</summary>
    /// <inheritdoc cref="StreamOutcomesAsync{TItem, TResult}(IEnumerable{TItem}, ItemBody{TItem, TResult}, MapOptions?, CancellationToken)"/>
    IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<TItem, TResult>(
        IAsyncEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Gets statistics of where the pool's time was spent until now.</summary>
    /// <returns>A snapshot that does not change.</returns>
    PoolInsights GetInsights();

    /// <summary>Refuses further tasks and finishes those that the pool has.</summary>
    /// <param name="cancellationToken">Cancels the wait, but not the tasks.</param>
    /// <returns>A task that completes when the pool has ended.</returns>
    Task ShutdownAsync(CancellationToken cancellationToken = default);
}
