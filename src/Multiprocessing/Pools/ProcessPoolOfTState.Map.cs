namespace Multiprocessing;

// Sources whose items are worked on with the worker's state. Where a body of two parameters could as well take the parts of a pair, these are meant: the compiler prefers them.
public sealed partial class ProcessPool<TState>
{
    /// <summary>Runs a body with the worker's state for each item, and gives all results in the order of the source.</summary>
    /// <inheritdoc cref="ProcessPool.MapAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public Task<TResult[]> MapAsync<TItem, TResult>(IEnumerable<TItem> source, Func<TState, TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        MapResultsAsync<TItem, TResult>(source, new MapBody<TItem, TResult>(new StateFunction<TState, TItem, TResult>(Required(body)).Invoke), body, true, options, cancellationToken);

    /// <summary>Runs an asynchronous body with the worker's state for each item, and gives all results in the order of the source.</summary>
    /// <inheritdoc cref="ProcessPool.MapAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public Task<TResult[]> MapAsync<TItem, TResult>(IEnumerable<TItem> source, Func<TState, TItem, Task<TResult>> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        MapResultsAsync<TItem, TResult>(source, new AsyncMapBody<TItem, TResult>(new StateAsyncFunction<TState, TItem, TResult>(Required(body)).Invoke), body, true, options, cancellationToken);

    /// <summary>Runs a body with the worker's state for each item, and tells what became of each.</summary>
    /// <inheritdoc cref="ProcessPool.MapOutcomesAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public Task<Outcome<TResult>[]> MapOutcomesAsync<TItem, TResult>(IEnumerable<TItem> source, Func<TState, TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        OutcomesAsync<TItem, TResult>(source, new MapBody<TItem, TResult>(new StateFunction<TState, TItem, TResult>(Required(body)).Invoke), body, options, cancellationToken);

    /// <summary>Runs an asynchronous body with the worker's state for each item, and tells what became of each.</summary>
    /// <inheritdoc cref="ProcessPool.MapOutcomesAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public Task<Outcome<TResult>[]> MapOutcomesAsync<TItem, TResult>(IEnumerable<TItem> source, Func<TState, TItem, Task<TResult>> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        OutcomesAsync<TItem, TResult>(source, new AsyncMapBody<TItem, TResult>(new StateAsyncFunction<TState, TItem, TResult>(Required(body)).Invoke), body, options, cancellationToken);

    /// <summary>Runs a body with the worker's state for each item, and gives results while it goes on.</summary>
    /// <inheritdoc cref="ProcessPool.StreamAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> StreamAsync<TItem, TResult>(IEnumerable<TItem> source, Func<TState, TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        ResultsOf(StreamCore<TItem, TResult>(From(source), new MapBody<TItem, TResult>(new StateFunction<TState, TItem, TResult>(Required(body)).Invoke), body, true, options, cancellationToken));

    /// <summary>Runs a body with the worker's state for each item, and gives results while it goes on.</summary>
    /// <inheritdoc cref="ProcessPool.StreamAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> StreamAsync<TItem, TResult>(IAsyncEnumerable<TItem> source, Func<TState, TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        ResultsOf(StreamCore<TItem, TResult>(From(source, cancellationToken), new MapBody<TItem, TResult>(new StateFunction<TState, TItem, TResult>(Required(body)).Invoke), body, true, options, cancellationToken));

    /// <summary>Runs an asynchronous body with the worker's state for each item, and gives results while it goes on.</summary>
    /// <inheritdoc cref="ProcessPool.StreamAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> StreamAsync<TItem, TResult>(IEnumerable<TItem> source, Func<TState, TItem, Task<TResult>> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        ResultsOf(StreamCore<TItem, TResult>(From(source), new AsyncMapBody<TItem, TResult>(new StateAsyncFunction<TState, TItem, TResult>(Required(body)).Invoke), body, true, options, cancellationToken));

    /// <summary>Runs an asynchronous body with the worker's state for each item, and gives results while it goes on.</summary>
    /// <inheritdoc cref="ProcessPool.StreamAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> StreamAsync<TItem, TResult>(IAsyncEnumerable<TItem> source, Func<TState, TItem, Task<TResult>> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        ResultsOf(StreamCore<TItem, TResult>(From(source, cancellationToken), new AsyncMapBody<TItem, TResult>(new StateAsyncFunction<TState, TItem, TResult>(Required(body)).Invoke), body, true, options, cancellationToken));

    /// <summary>Runs a body with the worker's state for each item, and tells what became of each while it goes on.</summary>
    /// <inheritdoc cref="ProcessPool.StreamOutcomesAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<TItem, TResult>(IEnumerable<TItem> source, Func<TState, TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        StreamCore<TItem, TResult>(From(source), new MapBody<TItem, TResult>(new StateFunction<TState, TItem, TResult>(Required(body)).Invoke), body, true, options, cancellationToken);

    /// <summary>Runs a body with the worker's state for each item, and tells what became of each while it goes on.</summary>
    /// <inheritdoc cref="ProcessPool.StreamOutcomesAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<TItem, TResult>(IAsyncEnumerable<TItem> source, Func<TState, TItem, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        StreamCore<TItem, TResult>(From(source, cancellationToken), new MapBody<TItem, TResult>(new StateFunction<TState, TItem, TResult>(Required(body)).Invoke), body, true, options, cancellationToken);

    /// <summary>Runs an asynchronous body with the worker's state for each item, and tells what became of each while it goes on.</summary>
    /// <inheritdoc cref="ProcessPool.StreamOutcomesAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<TItem, TResult>(IEnumerable<TItem> source, Func<TState, TItem, Task<TResult>> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        StreamCore<TItem, TResult>(From(source), new AsyncMapBody<TItem, TResult>(new StateAsyncFunction<TState, TItem, TResult>(Required(body)).Invoke), body, true, options, cancellationToken);

    /// <summary>Runs an asynchronous body with the worker's state for each item, and tells what became of each while it goes on.</summary>
    /// <inheritdoc cref="ProcessPool.StreamOutcomesAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<TItem, TResult>(IAsyncEnumerable<TItem> source, Func<TState, TItem, Task<TResult>> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        StreamCore<TItem, TResult>(From(source, cancellationToken), new AsyncMapBody<TItem, TResult>(new StateAsyncFunction<TState, TItem, TResult>(Required(body)).Invoke), body, true, options, cancellationToken);

    /// <summary>Runs a body with the worker's state for each item, and hands nothing back.</summary>
    /// <inheritdoc cref="ProcessPool.ForEachAsync{TItem}(IEnumerable{TItem}, Action{TItem}, MapOptions?, CancellationToken)"/>
    public Task ForEachAsync<TItem>(IEnumerable<TItem> source, Action<TState, TItem> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        DrainAsync(StreamCore<TItem, bool>(From(source), new EachBody<TItem>(new StateAction<TState, TItem>(Required(body)).Invoke), body, false, options, cancellationToken));

    /// <summary>Runs a body with the worker's state for each item, and hands nothing back.</summary>
    /// <inheritdoc cref="ProcessPool.ForEachAsync{TItem}(IEnumerable{TItem}, Action{TItem}, MapOptions?, CancellationToken)"/>
    public Task ForEachAsync<TItem>(IAsyncEnumerable<TItem> source, Action<TState, TItem> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        DrainAsync(StreamCore<TItem, bool>(From(source, cancellationToken), new EachBody<TItem>(new StateAction<TState, TItem>(Required(body)).Invoke), body, false, options, cancellationToken));

    /// <summary>Runs an asynchronous body with the worker's state for each item, and hands nothing back.</summary>
    /// <inheritdoc cref="ProcessPool.ForEachAsync{TItem}(IEnumerable{TItem}, Action{TItem}, MapOptions?, CancellationToken)"/>
    public Task ForEachAsync<TItem>(IEnumerable<TItem> source, Func<TState, TItem, Task> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        DrainAsync(StreamCore<TItem, bool>(From(source), new AsyncEachBody<TItem>(new StateAsyncAction<TState, TItem>(Required(body)).Invoke), body, false, options, cancellationToken));

    /// <summary>Runs an asynchronous body with the worker's state for each item, and hands nothing back.</summary>
    /// <inheritdoc cref="ProcessPool.ForEachAsync{TItem}(IEnumerable{TItem}, Action{TItem}, MapOptions?, CancellationToken)"/>
    public Task ForEachAsync<TItem>(IAsyncEnumerable<TItem> source, Func<TState, TItem, Task> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        DrainAsync(StreamCore<TItem, bool>(From(source, cancellationToken), new AsyncEachBody<TItem>(new StateAsyncAction<TState, TItem>(Required(body)).Invoke), body, false, options, cancellationToken));
}
