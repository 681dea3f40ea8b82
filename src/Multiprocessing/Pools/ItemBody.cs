using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// A body for each item of a source, as an <see cref="IProcessPool"/> takes it. The extension methods of <see cref="ProcessPoolExtensions"/> create
/// it from a delegate; a class that implements <see cref="IProcessPool"/> around another pool passes it on.
/// </summary>
/// <typeparam name="TItem">Type of the items.</typeparam>
/// <typeparam name="TResult">Type of the results. A body without a result is one of <see cref="bool"/> whose results are not used.</typeparam>
/// <example>
/// <code>
/// // In a class that implements IProcessPool around another pool:
/// public Task&lt;TResult[]> MapAsync&lt;TItem, TResult>(
///     IEnumerable&lt;TItem> source, ItemBody&lt;TItem, TResult> body, MapOptions? options = null, CancellationToken token = default)
/// {
///     Console.WriteLine($"{options?.Name ?? body.Name} begins for the items.");
///     return inner.MapAsync(source, body, options, token);
/// }
/// </code>
/// </example>
[DebuggerDisplay("{Name}")]
public sealed class ItemBody<TItem, TResult>
{
    internal ItemBody(PoolBody poolBody, Delegate body, bool hasResult)
    {
        PoolBody = poolBody;
        Body = body;
        HasResult = hasResult;
    }

    /// <summary>Gets the delegate that the caller passed.</summary>
    public Delegate Body { get; }

    /// <summary>Gets the name of the body's method: the name of the tasks, if their options have none.</summary>
    public string Name => TaskNames.Short(Body.Method);

    internal PoolBody PoolBody { get; }

    internal bool HasResult { get; }
}
