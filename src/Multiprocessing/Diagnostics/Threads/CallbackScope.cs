namespace Multiprocessing;

/// <summary>
/// A callback of the program that runs at this moment, such as one for a child's output. It flows with the <see cref="ExecutionContext"/>, so that a call that would wait for the callback's own end is known as such also from
/// a task or a thread that the callback started. A flow that goes on after the callback has returned, as that of an <c>async void</c> lambda does, is not inside of it.
/// </summary>
internal sealed class CallbackScope : IDisposable
{
    private static readonly AsyncLocal<CallbackScope?> Current = new();

    private readonly object _owner;
    private readonly CallbackScope? _outer;
    private volatile bool _hasEnded;

    private CallbackScope(object owner, CallbackScope? outer)
    {
        _owner = owner;
        _outer = outer;
    }

    /// <summary>From here on until it is disposed of, what runs in this flow of control is a callback of the owner.</summary>
    public static CallbackScope Enter(object owner)
    {
        var scope = new CallbackScope(owner, Current.Value);
        Current.Value = scope;
        return scope;
    }

    /// <summary>The calling code is inside of a callback of that owner.</summary>
    public static bool IsInside(object? owner)
    {
        for (var scope = Current.Value; scope is not null; scope = scope._outer)
        {
            if (ReferenceEquals(scope._owner, owner) && !scope._hasEnded)
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose()
    {
        _hasEnded = true;
        Current.Value = _outer;
    }
}
