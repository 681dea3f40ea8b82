using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// A body with its arguments, as an <see cref="IProcessPool"/> takes it. The extension methods of <see cref="ProcessPoolExtensions"/> create it from
/// a delegate; a class that implements <see cref="IProcessPool"/> around another pool passes it on.
/// </summary>
/// <typeparam name="TResult">Type of the result. A body without a result is a call of <see cref="bool"/> whose result is not used.</typeparam>
/// <example>
/// <code>
/// // In a class that implements IProcessPool around another pool:
/// public Task&lt;TResult> RunAsync&lt;TResult>(PoolCall&lt;TResult> call, TaskOptions? options = null, CancellationToken token = default)
/// {
///     Console.WriteLine($"{options?.Name ?? call.Name} begins.");
///     return inner.RunAsync(call, options, token);
/// }
/// </code>
/// </example>
[DebuggerDisplay("{Name}")]
public sealed class PoolCall<TResult>
{
    internal PoolCall(ChildCall call, Delegate body, bool hasResult)
    {
        Call = call;
        Body = body;
        HasResult = hasResult;
    }

    /// <summary>Gets the delegate that the caller passed.</summary>
    public Delegate Body { get; }

    /// <summary>Gets the name of the body's method: the name of the task, if its options have none.</summary>
    public string Name => TaskNames.Short(Body.Method);

    internal ChildCall Call { get; }

    internal bool HasResult { get; }
}
