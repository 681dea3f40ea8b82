using System.Collections.Concurrent;

namespace Multiprocessing.Tests.Services.Calls;

/// <summary>An object whose calls end when the test says so.</summary>
[GenerateProxy]
public interface IDesk
{
    int Runs { get; }

    string Echo(string text);

    /// <summary>Returns the name when the test opens it.</summary>
    string Wait(string name);

    /// <inheritdoc cref="Wait"/>
    Task<string> WaitAsync(string name);

    byte[] Make(int length);

    Task<byte[]> MakeLaterAsync(int length);

    IDesk Other();

    IAsyncEnumerable<int> CountTo(int count);
}

/// <inheritdoc/>
internal sealed class Desk : IDesk
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> _waits = new();
    private int _runs;

    public int Runs => _runs;

    public string Echo(string text) => text;

    public string Wait(string name) => Begin(name).GetAwaiter().GetResult();

    public Task<string> WaitAsync(string name) => Begin(name);

    public byte[] Make(int length)
    {
        Interlocked.Increment(ref _runs);
        return new byte[length];
    }

    public async Task<byte[]> MakeLaterAsync(int length)
    {
        await Task.Yield();
        return Make(length);
    }

    public IDesk Other() => new Desk();

    public async IAsyncEnumerable<int> CountTo(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }

    /// <summary>Returns whether the call with this name has begun.</summary>
    public bool HasBegun(string name) => _waits.ContainsKey(name);

    /// <summary>Ends the call with this name.</summary>
    public void Open(string name) => _waits[name].SetResult(name);

    private Task<string> Begin(string name) => _waits.GetOrAdd(name, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
}
