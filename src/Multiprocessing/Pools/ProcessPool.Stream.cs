namespace Multiprocessing;

public partial class ProcessPool
{
    /// <summary>Runs a body for each item, and gives the results while the source is read.</summary>
    /// <typeparam name="TItem">Type of the items.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <param name="source">The items; they are taken only when there is room (<see cref="MapOptions.MaxInFlight"/>), and by one thread at a time.</param>
    /// <param name="body">What the workers run. It may capture variables; they cross once.</param>
    /// <param name="options">Order, room, name, priority, time limit of each item; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends the stream: what waits does not begin, what runs is told, and killed after the grace.</param>
    /// <returns>The results. The first error ends the stream; whoever stops reading cancels what is in flight.</returns>
    public IAsyncEnumerable<TResult> StreamAsync<TItem, TResult>(IEnumerable<TItem> source, Func<TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        ResultsOf(StreamCore<TItem, TResult>(From(source), new MapBody<TItem, TResult>(Required(body)), body, true, options, cancellationToken));

    /// <summary>Runs an asynchronous body for each item, and gives the results while the source is read.</summary>
    /// <inheritdoc cref="StreamAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> StreamAsync<TItem, TResult>(IEnumerable<TItem> source, Func<TItem, Task<TResult>> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        ResultsOf(StreamCore<TItem, TResult>(From(source), new AsyncMapBody<TItem, TResult>(Required(body)), body, true, options, cancellationToken));

    /// <summary>Runs a body for each item of an asynchronous source, and gives the results while the source is read.</summary>
    /// <inheritdoc cref="StreamAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> StreamAsync<TItem, TResult>(IAsyncEnumerable<TItem> source, Func<TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        ResultsOf(StreamCore<TItem, TResult>(From(source, cancellationToken), new MapBody<TItem, TResult>(Required(body)), body, true, options, cancellationToken));

    /// <summary>Runs an asynchronous body for each item of an asynchronous source, and gives the results while the source is read.</summary>
    /// <inheritdoc cref="StreamAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> StreamAsync<TItem, TResult>(IAsyncEnumerable<TItem> source, Func<TItem, Task<TResult>> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        ResultsOf(StreamCore<TItem, TResult>(From(source, cancellationToken), new AsyncMapBody<TItem, TResult>(Required(body)), body, true, options, cancellationToken));

    /// <summary>Runs a body for each item, and gives what became of each item while the source is read.</summary>
    /// <returns>The outcomes; whoever stops reading cancels what is in flight.</returns>
    /// <inheritdoc cref="StreamAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<TItem, TResult>(IEnumerable<TItem> source, Func<TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        StreamCore<TItem, TResult>(From(source), new MapBody<TItem, TResult>(Required(body)), body, true, options, cancellationToken);

    /// <summary>Runs an asynchronous body for each item, and gives what became of each item while the source is read.</summary>
    /// <returns>The outcomes; whoever stops reading cancels what is in flight.</returns>
    /// <inheritdoc cref="StreamAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<TItem, TResult>(IEnumerable<TItem> source, Func<TItem, Task<TResult>> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        StreamCore<TItem, TResult>(From(source), new AsyncMapBody<TItem, TResult>(Required(body)), body, true, options, cancellationToken);

    /// <summary>Runs a body for each item of an asynchronous source, and gives what became of each item while the source is read.</summary>
    /// <returns>The outcomes; whoever stops reading cancels what is in flight.</returns>
    /// <inheritdoc cref="StreamAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<TItem, TResult>(IAsyncEnumerable<TItem> source, Func<TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        StreamCore<TItem, TResult>(From(source, cancellationToken), new MapBody<TItem, TResult>(Required(body)), body, true, options, cancellationToken);

    /// <summary>Runs an asynchronous body for each item of an asynchronous source, and gives what became of each item while the source is read.</summary>
    /// <returns>The outcomes; whoever stops reading cancels what is in flight.</returns>
    /// <inheritdoc cref="StreamAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<TItem, TResult>(IAsyncEnumerable<TItem> source, Func<TItem, Task<TResult>> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        StreamCore<TItem, TResult>(From(source, cancellationToken), new AsyncMapBody<TItem, TResult>(Required(body)), body, true, options, cancellationToken);

    /// <summary>Runs a body for each item, with a bounded number of items in flight.</summary>
    /// <typeparam name="TItem">Type of the items.</typeparam>
    /// <param name="source">The items; they are taken only when there is room (<see cref="MapOptions.MaxInFlight"/>), and by one thread at a time.</param>
    /// <param name="body">What the workers run. It may capture variables; they cross once.</param>
    /// <param name="options">Room, name, priority, time limit of each item; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends it: what waits does not begin, what runs is told, and killed after the grace.</param>
    /// <returns>A task that ends with the last item, or with the first error.</returns>
    public Task ForEachAsync<TItem>(IEnumerable<TItem> source, Action<TItem> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        DrainAsync(StreamCore<TItem, bool>(From(source), new EachBody<TItem>(Required(body)), body, false, options, cancellationToken));

    /// <summary>Runs an asynchronous body for each item, with a bounded number of items in flight.</summary>
    /// <typeparam name="TItem">Type of the items.</typeparam>
    /// <param name="source">The items; they are taken only when there is room (<see cref="MapOptions.MaxInFlight"/>), and by one thread at a time.</param>
    /// <param name="body">What the workers run. It may capture variables; they cross once.</param>
    /// <param name="options">Room, name, priority, time limit of each item; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends it: what waits does not begin, what runs is told, and killed after the grace.</param>
    /// <returns>A task that ends with the last item, or with the first error.</returns>
    public Task ForEachAsync<TItem>(IEnumerable<TItem> source, Func<TItem, Task> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        DrainAsync(StreamCore<TItem, bool>(From(source), new AsyncEachBody<TItem>(Required(body)), body, false, options, cancellationToken));

    /// <summary>Runs a body for each item of an asynchronous source, with a bounded number of items in flight.</summary>
    /// <typeparam name="TItem">Type of the items.</typeparam>
    /// <param name="source">The items; they are taken only when there is room (<see cref="MapOptions.MaxInFlight"/>), and by one thread at a time.</param>
    /// <param name="body">What the workers run. It may capture variables; they cross once.</param>
    /// <param name="options">Room, name, priority, time limit of each item; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends it: what waits does not begin, what runs is told, and killed after the grace.</param>
    /// <returns>A task that ends with the last item, or with the first error.</returns>
    public Task ForEachAsync<TItem>(IAsyncEnumerable<TItem> source, Action<TItem> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        DrainAsync(StreamCore<TItem, bool>(From(source, cancellationToken), new EachBody<TItem>(Required(body)), body, false, options, cancellationToken));

    /// <summary>Runs an asynchronous body for each item of an asynchronous source, with a bounded number of items in flight.</summary>
    /// <typeparam name="TItem">Type of the items.</typeparam>
    /// <param name="source">The items; they are taken only when there is room (<see cref="MapOptions.MaxInFlight"/>), and by one thread at a time.</param>
    /// <param name="body">What the workers run. It may capture variables; they cross once.</param>
    /// <param name="options">Room, name, priority, time limit of each item; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends it: what waits does not begin, what runs is told, and killed after the grace.</param>
    /// <returns>A task that ends with the last item, or with the first error.</returns>
    public Task ForEachAsync<TItem>(IAsyncEnumerable<TItem> source, Func<TItem, Task> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        DrainAsync(StreamCore<TItem, bool>(From(source, cancellationToken), new AsyncEachBody<TItem>(Required(body)), body, false, options, cancellationToken));
}
