using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace Multiprocessing;

/// <summary>The outcome of one item: its result, or its error.</summary>
/// <typeparam name="T">Type of the result.</typeparam>
/// <example>
/// <code>
/// await using var pool = new ProcessPool();
/// foreach (Outcome&lt;int> outcome in await pool.MapOutcomesAsync([1, 0, 4], item => 12 / item))
/// {
///     Console.WriteLine(outcome.IsSuccess ? $"{outcome.Index}: {outcome.Result}" : $"{outcome.Index} failed: {outcome.Error!.Message}");
/// }
/// </code>
/// </example>
public readonly record struct Outcome<T>
{
    private readonly T? _result;

    private Outcome(long index, T? result, Exception? error)
    {
        Index = index;
        _result = result;
        Error = error;
    }

    /// <summary>Gets the item's index in the source, from 0 on.</summary>
    public long Index { get; }

    /// <summary>Gets why there is no result, or <see langword="null"/> if there is one.</summary>
    public Exception? Error { get; }

    /// <summary>Gets a value that indicates whether there is a result.</summary>
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsSuccess => Error is null;

    /// <summary>Gets the result; throws the error if there is none.</summary>
    public T Result
    {
        get
        {
            if (Error is not null)
            {
                ExceptionDispatchInfo.Throw(Error);
            }

            return _result!;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Error is null ? $"{Index}: {_result}" : $"{Index}: {Error.GetType().Name}: {Error.Message}";

    internal static Outcome<T> Of(long index, T result) => new(index, result, null);

    internal static Outcome<T> Of(long index, Exception error) => new(index, default, error);
}
