namespace Multiprocessing;

// Sources of tuples, whose parts are the arguments of the body: what Python calls starmap.
public partial class ProcessPool
{
    /// <summary>Runs an asynchronous body of two arguments for each pair, and gives all results in the order of the source.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <inheritdoc cref="MapAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public Task<TResult[]> MapAsync<T1, T2, TResult>(IEnumerable<(T1, T2)> source, Func<T1, T2, Task<TResult>> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        MapResultsAsync<(T1, T2), TResult>(source, new AsyncMapBody<(T1, T2), TResult>(new TupleBody<T1, T2, Task<TResult>>(Required(body)).Invoke), body, true, options, cancellationToken);

    /// <summary>Runs an asynchronous body of three arguments for each triple, and gives all results in the order of the source.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <inheritdoc cref="MapAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public Task<TResult[]> MapAsync<T1, T2, T3, TResult>(IEnumerable<(T1, T2, T3)> source, Func<T1, T2, T3, Task<TResult>> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        MapResultsAsync<(T1, T2, T3), TResult>(source, new AsyncMapBody<(T1, T2, T3), TResult>(new TupleBody<T1, T2, T3, Task<TResult>>(Required(body)).Invoke), body, true, options, cancellationToken);

    /// <summary>Runs a body of two arguments for each pair, and tells what became of each.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <inheritdoc cref="MapOutcomesAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public Task<Outcome<TResult>[]> MapOutcomesAsync<T1, T2, TResult>(IEnumerable<(T1, T2)> source, Func<T1, T2, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        OutcomesAsync<(T1, T2), TResult>(source, new MapBody<(T1, T2), TResult>(new TupleBody<T1, T2, TResult>(Required(body)).Invoke), body, options, cancellationToken);

    /// <summary>Runs an asynchronous body of two arguments for each pair, and tells what became of each.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <inheritdoc cref="MapOutcomesAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public Task<Outcome<TResult>[]> MapOutcomesAsync<T1, T2, TResult>(IEnumerable<(T1, T2)> source, Func<T1, T2, Task<TResult>> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        OutcomesAsync<(T1, T2), TResult>(source, new AsyncMapBody<(T1, T2), TResult>(new TupleBody<T1, T2, Task<TResult>>(Required(body)).Invoke), body, options, cancellationToken);

    /// <summary>Runs a body of three arguments for each triple, and tells what became of each.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <inheritdoc cref="MapOutcomesAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public Task<Outcome<TResult>[]> MapOutcomesAsync<T1, T2, T3, TResult>(IEnumerable<(T1, T2, T3)> source, Func<T1, T2, T3, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        OutcomesAsync<(T1, T2, T3), TResult>(source, new MapBody<(T1, T2, T3), TResult>(new TupleBody<T1, T2, T3, TResult>(Required(body)).Invoke), body, options, cancellationToken);

    /// <summary>Runs an asynchronous body of three arguments for each triple, and tells what became of each.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <inheritdoc cref="MapOutcomesAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public Task<Outcome<TResult>[]> MapOutcomesAsync<T1, T2, T3, TResult>(IEnumerable<(T1, T2, T3)> source, Func<T1, T2, T3, Task<TResult>> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        OutcomesAsync<(T1, T2, T3), TResult>(source, new AsyncMapBody<(T1, T2, T3), TResult>(new TupleBody<T1, T2, T3, Task<TResult>>(Required(body)).Invoke), body, options, cancellationToken);

    /// <summary>Runs a body of two arguments for each pair, and gives results while it goes on.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <inheritdoc cref="StreamAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> StreamAsync<T1, T2, TResult>(IEnumerable<(T1, T2)> source, Func<T1, T2, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        ResultsOf(StreamCore<(T1, T2), TResult>(From(source), new MapBody<(T1, T2), TResult>(new TupleBody<T1, T2, TResult>(Required(body)).Invoke), body, true, options, cancellationToken));

    /// <summary>Runs a body of two arguments for each pair, and gives results while it goes on.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <inheritdoc cref="StreamAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> StreamAsync<T1, T2, TResult>(IAsyncEnumerable<(T1, T2)> source, Func<T1, T2, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        ResultsOf(StreamCore<(T1, T2), TResult>(From(source, cancellationToken), new MapBody<(T1, T2), TResult>(new TupleBody<T1, T2, TResult>(Required(body)).Invoke), body, true, options, cancellationToken));

    /// <summary>Runs an asynchronous body of two arguments for each pair, and gives results while it goes on.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <inheritdoc cref="StreamAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> StreamAsync<T1, T2, TResult>(IEnumerable<(T1, T2)> source, Func<T1, T2, Task<TResult>> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        ResultsOf(StreamCore<(T1, T2), TResult>(From(source), new AsyncMapBody<(T1, T2), TResult>(new TupleBody<T1, T2, Task<TResult>>(Required(body)).Invoke), body, true, options, cancellationToken));

    /// <summary>Runs an asynchronous body of two arguments for each pair, and gives results while it goes on.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <inheritdoc cref="StreamAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> StreamAsync<T1, T2, TResult>(IAsyncEnumerable<(T1, T2)> source, Func<T1, T2, Task<TResult>> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        ResultsOf(StreamCore<(T1, T2), TResult>(From(source, cancellationToken), new AsyncMapBody<(T1, T2), TResult>(new TupleBody<T1, T2, Task<TResult>>(Required(body)).Invoke), body, true, options, cancellationToken));

    /// <summary>Runs a body of three arguments for each triple, and gives results while it goes on.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <inheritdoc cref="StreamAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> StreamAsync<T1, T2, T3, TResult>(IEnumerable<(T1, T2, T3)> source, Func<T1, T2, T3, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        ResultsOf(StreamCore<(T1, T2, T3), TResult>(From(source), new MapBody<(T1, T2, T3), TResult>(new TupleBody<T1, T2, T3, TResult>(Required(body)).Invoke), body, true, options, cancellationToken));

    /// <summary>Runs a body of three arguments for each triple, and gives results while it goes on.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <inheritdoc cref="StreamAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> StreamAsync<T1, T2, T3, TResult>(IAsyncEnumerable<(T1, T2, T3)> source, Func<T1, T2, T3, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        ResultsOf(StreamCore<(T1, T2, T3), TResult>(From(source, cancellationToken), new MapBody<(T1, T2, T3), TResult>(new TupleBody<T1, T2, T3, TResult>(Required(body)).Invoke), body, true, options, cancellationToken));

    /// <summary>Runs an asynchronous body of three arguments for each triple, and gives results while it goes on.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <inheritdoc cref="StreamAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> StreamAsync<T1, T2, T3, TResult>(IEnumerable<(T1, T2, T3)> source, Func<T1, T2, T3, Task<TResult>> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        ResultsOf(StreamCore<(T1, T2, T3), TResult>(From(source), new AsyncMapBody<(T1, T2, T3), TResult>(new TupleBody<T1, T2, T3, Task<TResult>>(Required(body)).Invoke), body, true, options, cancellationToken));

    /// <summary>Runs an asynchronous body of three arguments for each triple, and gives results while it goes on.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <inheritdoc cref="StreamAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> StreamAsync<T1, T2, T3, TResult>(IAsyncEnumerable<(T1, T2, T3)> source, Func<T1, T2, T3, Task<TResult>> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        ResultsOf(StreamCore<(T1, T2, T3), TResult>(From(source, cancellationToken), new AsyncMapBody<(T1, T2, T3), TResult>(new TupleBody<T1, T2, T3, Task<TResult>>(Required(body)).Invoke), body, true, options, cancellationToken));

    /// <summary>Runs a body of two arguments for each pair, and tells what became of each while it goes on.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <inheritdoc cref="StreamOutcomesAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<T1, T2, TResult>(IEnumerable<(T1, T2)> source, Func<T1, T2, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        StreamCore<(T1, T2), TResult>(From(source), new MapBody<(T1, T2), TResult>(new TupleBody<T1, T2, TResult>(Required(body)).Invoke), body, true, options, cancellationToken);

    /// <summary>Runs a body of two arguments for each pair, and tells what became of each while it goes on.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <inheritdoc cref="StreamOutcomesAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<T1, T2, TResult>(IAsyncEnumerable<(T1, T2)> source, Func<T1, T2, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        StreamCore<(T1, T2), TResult>(From(source, cancellationToken), new MapBody<(T1, T2), TResult>(new TupleBody<T1, T2, TResult>(Required(body)).Invoke), body, true, options, cancellationToken);

    /// <summary>Runs an asynchronous body of two arguments for each pair, and tells what became of each while it goes on.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <inheritdoc cref="StreamOutcomesAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<T1, T2, TResult>(IEnumerable<(T1, T2)> source, Func<T1, T2, Task<TResult>> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        StreamCore<(T1, T2), TResult>(From(source), new AsyncMapBody<(T1, T2), TResult>(new TupleBody<T1, T2, Task<TResult>>(Required(body)).Invoke), body, true, options, cancellationToken);

    /// <summary>Runs an asynchronous body of two arguments for each pair, and tells what became of each while it goes on.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <inheritdoc cref="StreamOutcomesAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<T1, T2, TResult>(IAsyncEnumerable<(T1, T2)> source, Func<T1, T2, Task<TResult>> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        StreamCore<(T1, T2), TResult>(From(source, cancellationToken), new AsyncMapBody<(T1, T2), TResult>(new TupleBody<T1, T2, Task<TResult>>(Required(body)).Invoke), body, true, options, cancellationToken);

    /// <summary>Runs a body of three arguments for each triple, and tells what became of each while it goes on.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <inheritdoc cref="StreamOutcomesAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<T1, T2, T3, TResult>(IEnumerable<(T1, T2, T3)> source, Func<T1, T2, T3, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        StreamCore<(T1, T2, T3), TResult>(From(source), new MapBody<(T1, T2, T3), TResult>(new TupleBody<T1, T2, T3, TResult>(Required(body)).Invoke), body, true, options, cancellationToken);

    /// <summary>Runs a body of three arguments for each triple, and tells what became of each while it goes on.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <inheritdoc cref="StreamOutcomesAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<T1, T2, T3, TResult>(IAsyncEnumerable<(T1, T2, T3)> source, Func<T1, T2, T3, TResult> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        StreamCore<(T1, T2, T3), TResult>(From(source, cancellationToken), new MapBody<(T1, T2, T3), TResult>(new TupleBody<T1, T2, T3, TResult>(Required(body)).Invoke), body, true, options, cancellationToken);

    /// <summary>Runs an asynchronous body of three arguments for each triple, and tells what became of each while it goes on.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <inheritdoc cref="StreamOutcomesAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<T1, T2, T3, TResult>(IEnumerable<(T1, T2, T3)> source, Func<T1, T2, T3, Task<TResult>> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        StreamCore<(T1, T2, T3), TResult>(From(source), new AsyncMapBody<(T1, T2, T3), TResult>(new TupleBody<T1, T2, T3, Task<TResult>>(Required(body)).Invoke), body, true, options, cancellationToken);

    /// <summary>Runs an asynchronous body of three arguments for each triple, and tells what became of each while it goes on.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <inheritdoc cref="StreamOutcomesAsync{TItem, TResult}(IEnumerable{TItem}, Func{TItem, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<T1, T2, T3, TResult>(IAsyncEnumerable<(T1, T2, T3)> source, Func<T1, T2, T3, Task<TResult>> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        StreamCore<(T1, T2, T3), TResult>(From(source, cancellationToken), new AsyncMapBody<(T1, T2, T3), TResult>(new TupleBody<T1, T2, T3, Task<TResult>>(Required(body)).Invoke), body, true, options, cancellationToken);

    /// <summary>Runs a body of two arguments for each pair, and hands nothing back.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <inheritdoc cref="ForEachAsync{TItem}(IEnumerable{TItem}, Action{TItem}, MapOptions?, CancellationToken)"/>
    public Task ForEachAsync<T1, T2>(IEnumerable<(T1, T2)> source, Action<T1, T2> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        DrainAsync(StreamCore<(T1, T2), bool>(From(source), new EachBody<(T1, T2)>(new TupleAction<T1, T2>(Required(body)).Invoke), body, false, options, cancellationToken));

    /// <summary>Runs a body of two arguments for each pair, and hands nothing back.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <inheritdoc cref="ForEachAsync{TItem}(IEnumerable{TItem}, Action{TItem}, MapOptions?, CancellationToken)"/>
    public Task ForEachAsync<T1, T2>(IAsyncEnumerable<(T1, T2)> source, Action<T1, T2> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        DrainAsync(StreamCore<(T1, T2), bool>(From(source, cancellationToken), new EachBody<(T1, T2)>(new TupleAction<T1, T2>(Required(body)).Invoke), body, false, options, cancellationToken));

    /// <summary>Runs an asynchronous body of two arguments for each pair, and hands nothing back.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <inheritdoc cref="ForEachAsync{TItem}(IEnumerable{TItem}, Action{TItem}, MapOptions?, CancellationToken)"/>
    public Task ForEachAsync<T1, T2>(IEnumerable<(T1, T2)> source, Func<T1, T2, Task> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        DrainAsync(StreamCore<(T1, T2), bool>(From(source), new AsyncEachBody<(T1, T2)>(new TupleBody<T1, T2, Task>(Required(body)).Invoke), body, false, options, cancellationToken));

    /// <summary>Runs an asynchronous body of two arguments for each pair, and hands nothing back.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <inheritdoc cref="ForEachAsync{TItem}(IEnumerable{TItem}, Action{TItem}, MapOptions?, CancellationToken)"/>
    public Task ForEachAsync<T1, T2>(IAsyncEnumerable<(T1, T2)> source, Func<T1, T2, Task> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        DrainAsync(StreamCore<(T1, T2), bool>(From(source, cancellationToken), new AsyncEachBody<(T1, T2)>(new TupleBody<T1, T2, Task>(Required(body)).Invoke), body, false, options, cancellationToken));

    /// <summary>Runs a body of three arguments for each triple, and hands nothing back.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <inheritdoc cref="ForEachAsync{TItem}(IEnumerable{TItem}, Action{TItem}, MapOptions?, CancellationToken)"/>
    public Task ForEachAsync<T1, T2, T3>(IEnumerable<(T1, T2, T3)> source, Action<T1, T2, T3> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        DrainAsync(StreamCore<(T1, T2, T3), bool>(From(source), new EachBody<(T1, T2, T3)>(new TupleAction<T1, T2, T3>(Required(body)).Invoke), body, false, options, cancellationToken));

    /// <summary>Runs a body of three arguments for each triple, and hands nothing back.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <inheritdoc cref="ForEachAsync{TItem}(IEnumerable{TItem}, Action{TItem}, MapOptions?, CancellationToken)"/>
    public Task ForEachAsync<T1, T2, T3>(IAsyncEnumerable<(T1, T2, T3)> source, Action<T1, T2, T3> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        DrainAsync(StreamCore<(T1, T2, T3), bool>(From(source, cancellationToken), new EachBody<(T1, T2, T3)>(new TupleAction<T1, T2, T3>(Required(body)).Invoke), body, false, options, cancellationToken));

    /// <summary>Runs an asynchronous body of three arguments for each triple, and hands nothing back.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <inheritdoc cref="ForEachAsync{TItem}(IEnumerable{TItem}, Action{TItem}, MapOptions?, CancellationToken)"/>
    public Task ForEachAsync<T1, T2, T3>(IEnumerable<(T1, T2, T3)> source, Func<T1, T2, T3, Task> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        DrainAsync(StreamCore<(T1, T2, T3), bool>(From(source), new AsyncEachBody<(T1, T2, T3)>(new TupleBody<T1, T2, T3, Task>(Required(body)).Invoke), body, false, options, cancellationToken));

    /// <summary>Runs an asynchronous body of three arguments for each triple, and hands nothing back.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <inheritdoc cref="ForEachAsync{TItem}(IEnumerable{TItem}, Action{TItem}, MapOptions?, CancellationToken)"/>
    public Task ForEachAsync<T1, T2, T3>(IAsyncEnumerable<(T1, T2, T3)> source, Func<T1, T2, T3, Task> body, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        DrainAsync(StreamCore<(T1, T2, T3), bool>(From(source, cancellationToken), new AsyncEachBody<(T1, T2, T3)>(new TupleBody<T1, T2, T3, Task>(Required(body)).Invoke), body, false, options, cancellationToken));
}
