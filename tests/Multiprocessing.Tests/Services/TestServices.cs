using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Multiprocessing.Tests.Services;

/// <summary>The interface that most tests of services use.</summary>
public interface ILaboratory
{
    int Count { get; set; }

    int ProcessId { get; }

    event Action<int, string> Measured;

    int Add(int left, int right);

    string Echo(string? text);

    byte[] Reverse(byte[] bytes);

    void Record(int value);

    int[] Recorded();

    void Throw(string message);

    Task<int> AddLaterAsync(int left, int right, int milliseconds);

    ValueTask<string> NameAsync();

    Task FailLaterAsync(string message);

    Task<string> WaitForTokenAsync(CancellationToken cancellationToken);

    void Sleep(int milliseconds);

    /// <summary>Says that it runs, and returns when it is told to.</summary>
    void Hold(ProcessEvent begun, ProcessEvent end);

    int MostAtOnce();

    Task WorkAsync(int milliseconds);

    void Raise(int number, string text);

    void Kill();

    void Crash(string text);

    T Same<T>(T value);

    object Anything();

    int CallBack(IVisitor visitor, int times);

    Task<int> CallBackAsync(IVisitor visitor, int value);

    ISample Open(string name);

    int LevelOf(ISample sample);

    int OpenSamples();

    void Report(IProgress<int> progress, int count);

    IAsyncEnumerable<int> CountTo(int count, CancellationToken cancellationToken = default);

    IAsyncEnumerable<int> CountSlowly(int milliseconds, CancellationToken cancellationToken = default);

    IAsyncEnumerable<int> CountAndThrow(int count);

    IAsyncEnumerable<int> CountAndThrowAtOnce(int count);

    IAsyncEnumerable<object> CountAndReturnThread(int count);

    Task<long> SumAsync(IAsyncEnumerable<int> numbers);

    Task<int> CountUntilFailureAsync(IAsyncEnumerable<object> items);

    int Produced();

    int LeftStreams();
}

public interface IVisitor
{
    int Visit(int value);

    Task<int> VisitAsync(int value);
}

public interface ISample : IDisposable
{
    string Name { get; }

    int Level { get; set; }

    ISample Self();
}

/// <summary>Runs in the service's process.</summary>
public sealed class Laboratory : ILaboratory
{
    private readonly List<int> _recorded = [];
    private int _running;
    private int _most;
    private int _samples;
    private int _produced;
    private int _left;

    public event Action<int, string>? Measured;

    public int Count { get; set; }

    public int ProcessId => Environment.ProcessId;

    public int Add(int left, int right) => left + right;

    public string Echo(string? text) => text ?? "(null)";

    public byte[] Reverse(byte[] bytes)
    {
        Array.Reverse(bytes);
        return bytes;
    }

    public void Record(int value) => _recorded.Add(value);

    public int[] Recorded() => [.. _recorded];

    public void Throw(string message) => throw new InvalidOperationException(message);

    public async Task<int> AddLaterAsync(int left, int right, int milliseconds)
    {
        await Task.Delay(milliseconds);
        return left + right;
    }

    public ValueTask<string> NameAsync() => new("laboratory");

    public async Task FailLaterAsync(string message)
    {
        await Task.Yield();
        throw new ArgumentException(message);
    }

    public async Task<string> WaitForTokenAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return "never";
    }

    public void Sleep(int milliseconds) => Thread.Sleep(milliseconds);

    public void Hold(ProcessEvent begun, ProcessEvent end)
    {
        begun.Set();
        end.Wait();
    }

    public int MostAtOnce() => _most;

    public async Task WorkAsync(int milliseconds)
    {
        var running = Interlocked.Increment(ref _running);
        lock (_recorded)
        {
            _most = Math.Max(_most, running);
        }

        await Task.Delay(milliseconds);
        Interlocked.Decrement(ref _running);
    }

    public void Raise(int number, string text) => Measured?.Invoke(number, text);

    public void Kill() => Process.GetCurrentProcess().Kill();

    public void Crash(string text) => Environment.FailFast(text);

    public T Same<T>(T value) => value;

    public object Anything() => new Thread(static () => { });

    public int CallBack(IVisitor visitor, int times)
    {
        var sum = 0;
        for (var i = 0; i < times; i++)
        {
            sum += visitor.Visit(i);
        }

        return sum;
    }

    public async Task<int> CallBackAsync(IVisitor visitor, int value) => await visitor.VisitAsync(value) + 1;

    public ISample Open(string name)
    {
        _samples++;
        return new Sample(this, name);
    }

    public int LevelOf(ISample sample) => sample is Sample ? sample.Level : -1;

    public int OpenSamples() => _samples;

    public void Report(IProgress<int> progress, int count)
    {
        for (var i = 0; i < count; i++)
        {
            progress.Report(i);
        }
    }

    public async IAsyncEnumerable<int> CountTo(int count, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            for (var i = 0; i < count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _produced = i + 1;
                yield return i;
            }
        }
        finally
        {
            _left++;
        }

        await Task.CompletedTask;
    }

    public async IAsyncEnumerable<int> CountSlowly(int milliseconds, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            for (var i = 0; ; i++)
            {
                yield return i;
                await Task.Delay(milliseconds, cancellationToken);
            }
        }
        finally
        {
            _left++;
        }
    }

    public async IAsyncEnumerable<int> CountAndThrow(int count)
    {
        for (var i = 0; i < count; i++)
        {
            yield return i;
        }

        await Task.Yield();
        throw new FormatException("The stream is over.");
    }

    public async IAsyncEnumerable<int> CountAndThrowAtOnce(int count)
    {
        await Task.CompletedTask;
        for (var i = 0; i < count; i++)
        {
            yield return i;
        }

        _left++;
        throw new FormatException("The stream is over.");
    }

    public async IAsyncEnumerable<object> CountAndReturnThread(int count)
    {
        await Task.CompletedTask;
        for (var i = 0; i < count; i++)
        {
            yield return i;
        }

        yield return Thread.CurrentThread;
    }

    public async Task<int> CountUntilFailureAsync(IAsyncEnumerable<object> items)
    {
        var count = 0;
        try
        {
            await foreach (var _ in items)
            {
                count++;
            }
        }
        catch (Exception)
        {
            return count;
        }

        return -1;
    }

    public async Task<long> SumAsync(IAsyncEnumerable<int> numbers)
    {
        var sum = 0L;
        await foreach (var number in numbers)
        {
            sum += number;
        }

        return sum;
    }

    public int Produced() => _produced;

    public int LeftStreams() => _left;

    private sealed class Sample(Laboratory owner, string name) : ISample
    {
        public string Name => name;

        public int Level { get; set; }

        public ISample Self() => this;

        public void Dispose() => owner._samples--;
    }
}
