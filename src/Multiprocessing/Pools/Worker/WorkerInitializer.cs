namespace Multiprocessing;

/// <summary>Runs in each worker before its first task and after its last.</summary>
internal abstract class WorkerInitializer
{
    public abstract object? Initialize();

    public abstract void Dispose(object? state);
}

/// <summary>An initializer without a state.</summary>
internal sealed class ActionInitializer(Action body) : WorkerInitializer
{
    [PathName(null)]
    private readonly Action _body = body;

    public override object? Initialize()
    {
        _body();
        return null;
    }

    public override void Dispose(object? state)
    {
    }
}

/// <summary>Creates the state of a worker, which is disposed when the worker ends in good order.</summary>
internal sealed class StateInitializer<TState>(Func<TState> make, Action? first) : WorkerInitializer
{
    [PathName(null)]
    private readonly Func<TState> _make = make;

    [PathName("option 'Initializer'")]
    private readonly Action? _first = first;

    public override object? Initialize()
    {
        _first?.Invoke();
        return _make();
    }

    public override void Dispose(object? state)
    {
        if (state is IAsyncDisposable asynchronous)
        {
            asynchronous.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
        else
        {
            (state as IDisposable)?.Dispose();
        }
    }
}
