using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Multiprocessing;

/// <summary>A FIFO queue between processes.</summary>
public sealed partial class ProcessQueue<T> : IDisposable, IProcessHandle<ProcessQueue<T>>
{
    /// <summary>.</summary>
    public ProcessQueue(int? capacity = null) => throw new NotImplementedException();
    /// <summary>.</summary>
    public ProcessQueue(ProcessQueueOptions options) => throw new NotImplementedException();

    /// <summary>.</summary>
    public int? Capacity => throw new NotImplementedException();
    /// <summary>.</summary>
    public int Count => throw new NotImplementedException();
    /// <summary>.</summary>
    public bool IsEmpty => throw new NotImplementedException();
    /// <summary>.</summary>
    public bool IsFull => throw new NotImplementedException();
    /// <summary>.</summary>
    public bool IsAddingCompleted => throw new NotImplementedException();
    /// <summary>.</summary>
    public bool IsCompleted => throw new NotImplementedException();
    /// <summary>.</summary>
    public string? Name => throw new NotImplementedException();

    /// <summary>.</summary>
    public void Put(T item) => throw new NotImplementedException();
    /// <summary>.</summary>
    public void Put(T item, CancellationToken cancellationToken) => throw new NotImplementedException();
    /// <summary>.</summary>
    public void Put(T item, TimeSpan timeout, CancellationToken cancellationToken = default) => throw new NotImplementedException();
    /// <summary>.</summary>
    public void PutNoWait(T item) => throw new NotImplementedException();
    /// <summary>.</summary>
    public bool TryPut(T item) => throw new NotImplementedException();
    /// <summary>.</summary>
    public bool TryPut(T item, TimeSpan timeout, CancellationToken cancellationToken = default) => throw new NotImplementedException();
    /// <summary>.</summary>
    public void PutMany(IEnumerable<T> items, CancellationToken cancellationToken = default) => throw new NotImplementedException();
    /// <summary>.</summary>
    public void PutMany(IEnumerable<T> items, TimeSpan timeout, CancellationToken cancellationToken = default) => throw new NotImplementedException();
    /// <summary>.</summary>
    [OverloadResolutionPriority(1)]
    public void PutMany(ReadOnlySpan<T> items, CancellationToken cancellationToken = default) => throw new NotImplementedException();
    /// <summary>.</summary>
    [OverloadResolutionPriority(1)]
    public void PutMany(ReadOnlySpan<T> items, TimeSpan timeout, CancellationToken cancellationToken = default) => throw new NotImplementedException();
    /// <summary>.</summary>
    public ValueTask PutAsync(T item, CancellationToken cancellationToken = default) => throw new NotImplementedException();
    /// <summary>.</summary>
    public ValueTask PutAsync(T item, TimeSpan timeout, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>.</summary>
    public T Get() => throw new NotImplementedException();
    /// <summary>.</summary>
    public T Get(CancellationToken cancellationToken) => throw new NotImplementedException();
    /// <summary>.</summary>
    public T Get(TimeSpan timeout, CancellationToken cancellationToken = default) => throw new NotImplementedException();
    /// <summary>.</summary>
    public T GetNoWait() => throw new NotImplementedException();
    /// <summary>.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T item) => throw new NotImplementedException();
    /// <summary>.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T item, TimeSpan timeout, CancellationToken cancellationToken = default) => throw new NotImplementedException();
    /// <summary>.</summary>
    public T[] GetMany(int max, CancellationToken cancellationToken = default) => throw new NotImplementedException();
    /// <summary>.</summary>
    public T[] GetMany(int max, TimeSpan timeout, CancellationToken cancellationToken = default) => throw new NotImplementedException();
    /// <summary>.</summary>
    public ValueTask<T> GetAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();
    /// <summary>.</summary>
    public ValueTask<T> GetAsync(TimeSpan timeout, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>.</summary>
    public void MarkDone() => throw new NotImplementedException();
    /// <summary>.</summary>
    public void MarkDone(int count) => throw new NotImplementedException();
    /// <summary>.</summary>
    public void WaitAllDone() => throw new NotImplementedException();
    /// <summary>.</summary>
    public void WaitAllDone(CancellationToken cancellationToken) => throw new NotImplementedException();
    /// <summary>.</summary>
    public bool WaitAllDone(TimeSpan timeout, CancellationToken cancellationToken = default) => throw new NotImplementedException();
    /// <summary>.</summary>
    public ValueTask WaitAllDoneAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();
    /// <summary>.</summary>
    public ValueTask<bool> WaitAllDoneAsync(TimeSpan timeout, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>.</summary>
    public void Complete() => throw new NotImplementedException();
    /// <summary>.</summary>
    public IEnumerable<T> ReadAll(CancellationToken cancellationToken = default) => throw new NotImplementedException();
    /// <summary>.</summary>
    public IAsyncEnumerable<T> ReadAllAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();
    /// <summary>.</summary>
    public ChannelReader<T> Reader => throw new NotImplementedException();
    /// <summary>.</summary>
    public ChannelWriter<T> Writer => throw new NotImplementedException();

    /// <summary>.</summary>
    public void Dispose() => throw new NotImplementedException();

    void IProcessHandle<ProcessQueue<T>>.WriteHandle(HandleWriter writer) => throw new NotImplementedException();
    static ProcessQueue<T> IProcessHandle<ProcessQueue<T>>.ReadHandle(ref HandleReader reader) => throw new NotImplementedException();
}
