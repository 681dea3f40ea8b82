namespace Multiprocessing;

/// <summary>
/// A callback of the program that is running, such as one for a child's output. It flows with the <see cref="ExecutionContext"/>, so that a call that
/// would wait for the callback's own end is detected, also in a task or a thread that the callback started. Code that continues after the callback
/// has returned, as in an <c>async void</c> lambda, is not inside it.
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

    /// <summary>Until the result is disposed, code in this flow of control is inside a callback of the owner.</summary>
    public static CallbackScope Enter(object owner)
    {
        var scope = new CallbackScope(owner, Current.Value);
        Current.Value = scope;
        return scope;
    }

    /// <summary>Returns whether the calling code is inside a callback of the owner.</summary>
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
