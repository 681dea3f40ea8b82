using System.Runtime.CompilerServices;

namespace Multiprocessing.Tests.Services;

public enum Gear
{
    None,
    Low,
    High,
}

public delegate void Shifted<in T>(T from, T to);

public interface INamed
{
    string Name { get; set; }

    int Same(int value);

    string Hidden();
}

public interface ICounted
{
    int Same(int value);

    int Hidden();
}

public interface IListener
{
    string Heard(string text);

    event Action<int> Replied;
}

public interface INode<T>
    where T : notnull
{
    T Value { get; set; }

    INode<T>? Next { get; }

    INode<T> Append(T value);

    INode<List<T>> Wrap();
}

/// <summary>Every kind of member that a proxy carries.</summary>
public interface IEveryMember : INamed, ICounted, IAsyncDisposable
{
    new double Hidden();

    void Nothing();

    int Add(int a, int b = 3);

    string Add(string a, string b);

    int Sum(params int[] values);

    string? Maybe(string? text, Gear? gear = Gear.Low);

    Task WaitAsync(CancellationToken cancellationToken);

    Task<byte[]> ReadAsync(int count, CancellationToken cancellationToken = default);

    ValueTask StoreAsync(string text);

    ValueTask<(int Count, string? Text)> StoredAsync((string Prefix, int[] Values) pair);

    int? Number { get; set; }

    Gear Write { set; }

    string this[int index] { get; set; }

    int this[string key, Gear gear] { get; }

    event EventHandler? Started;

    event EventHandler<int>? Counted;

    event Action<string, int[]>? Reported;

    event Shifted<Gear>? Shifted;

    event Action<IListener>? Called;

    void RaiseAll();

    IAsyncEnumerable<string> Words(int count, CancellationToken cancellationToken = default);

    Task<int> TotalAsync(IAsyncEnumerable<int> values);

    Task WorkAsync(IProgress<int>? progress, IProgress<(int, string)> other);

    string Call(IListener listener);

    IListener? Find(string name);

    Task<IListener> FindAsync(string name);

    ValueTask<IListener?> FindLaterAsync(string name, IListener? other);

    bool IsMine(IListener listener);

    string Copy(IEnumerable<string> items, [ByValue] IListener copy);

    [return: ByValue]
    IListener CopyBack();

    INode<string> Tree { get; }

    INode<T> Make<T>(T value)
        where T : notnull;

    T Echo<T>(T value);

    Task<TResult[]> MapAsync<T, TResult>(IReadOnlyList<T> items, Func<T, TResult> map)
        where T : unmanaged
        where TResult : class;

    T? OrDefault<T>(T? value);

    T? Boxed<T>(T? value)
        where T : struct;

    TService Get<[GenerateProxy] TService>(TService other)
        where TService : class;

    string WithBody(int value) => $"body {value}";

    string WithOverriddenBody(int value) => $"body {value}";

    sealed string Sealed() => "sealed " + Add(1, 1);

    string @class(int @event, string @namespace, int field, int value, int call);

    dynamic Dynamic(dynamic value, nint number);

    Dictionary<string, (int X, List<int?> Y)>[] Big(object? anything, Type type, DateTime? time, int[][] jagged);

    Task FailAsync(string text);

    int Fail { get; }
}

internal sealed class Listener(string name) : IListener
{
    public List<string> Texts { get; } = [];

    public event Action<int>? Replied;

    public string Heard(string text)
    {
        Texts.Add(text);
        Replied?.Invoke(text.Length);
        return $"{name} heard {text}";
    }
}

internal sealed class Node<T>(T value) : INode<T>
    where T : notnull
{
    public T Value { get; set; } = value;

    public INode<T>? Next { get; private set; }

    public INode<T> Append(T value) => Next = new Node<T>(value);

    public INode<List<T>> Wrap() => new Node<List<T>>([Value]);
}

internal sealed class EveryMember : IEveryMember
{
    private readonly Dictionary<int, string> _texts = [];
    private readonly Listener _own = new("service");
    private string? _stored;

    public string Name { get; set; } = "every";

    public int? Number { get; set; }

    public Gear Write { private get; set; }

    public string this[int index]
    {
        get => _texts[index];
        set => _texts[index] = value;
    }

    public int this[string key, Gear gear] => key.Length * (int)gear;

    public INode<string> Tree { get; } = new Node<string>("root");

    public int Fail => throw new InvalidOperationException("No value.");

    public event EventHandler? Started;

    public event EventHandler<int>? Counted;

    public event Action<string, int[]>? Reported;

    public event Shifted<Gear>? Shifted;

    public event Action<IListener>? Called;

    int INamed.Same(int value) => value + 1;

    int ICounted.Same(int value) => value + 2;

    string INamed.Hidden() => "named";

    int ICounted.Hidden() => 7;

    public double Hidden() => 0.5;

    public void Nothing()
    {
    }

    public int Add(int a, int b) => a + b;

    public string Add(string a, string b) => a + b;

    public int Sum(params int[] values) => values.Sum();

    public string? Maybe(string? text, Gear? gear) => text is null ? null : $"{text} {gear}";

    public Task WaitAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);

    public async Task<byte[]> ReadAsync(int count, CancellationToken cancellationToken)
    {
        await Task.Yield();
        return [.. Enumerable.Range(0, count).Select(static i => (byte)i)];
    }

    public async ValueTask StoreAsync(string text)
    {
        await Task.Yield();
        _stored = text;
    }

    public ValueTask<(int Count, string? Text)> StoredAsync((string Prefix, int[] Values) pair) => new((pair.Values.Length, pair.Prefix + _stored));

    public void RaiseAll()
    {
        Started?.Invoke(this, EventArgs.Empty);
        Counted?.Invoke(this, 5);
        Reported?.Invoke("report", [1, 2]);
        Shifted?.Invoke(Gear.Low, Write);
        Called?.Invoke(_own);
    }

    public async IAsyncEnumerable<string> Words(int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var i = 0; i < count; i++)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            yield return $"word {i}";
        }
    }

    public async Task<int> TotalAsync(IAsyncEnumerable<int> values)
    {
        var total = 0;
        await foreach (var value in values)
        {
            total += value;
        }

        return total;
    }

    public Task WorkAsync(IProgress<int>? progress, IProgress<(int, string)> other)
    {
        for (var i = 0; i < 3; i++)
        {
            progress?.Report(i);
        }

        other.Report((progress is null ? 0 : 3, "done"));
        return Task.CompletedTask;
    }

    public string Call(IListener listener)
    {
        var lengths = 0;
        listener.Replied += length => lengths += length;
        return listener.Heard("hello");
    }

    public IListener? Find(string name) => name == "service" ? _own : null;

    public Task<IListener> FindAsync(string name) => Task.FromResult<IListener>(_own);

    public ValueTask<IListener?> FindLaterAsync(string name, IListener? other) => new(other ?? _own);

    public bool IsMine(IListener listener) => ReferenceEquals(listener, _own);

    public string Copy(IEnumerable<string> items, IListener copy) => string.Join(",", items) + copy.Heard("copied");

    public IListener CopyBack() => new Listener("copy");

    public INode<T> Make<T>(T value)
        where T : notnull => new Node<T>(value);

    public T Echo<T>(T value) => value;

    public Task<TResult[]> MapAsync<T, TResult>(IReadOnlyList<T> items, Func<T, TResult> map)
        where T : unmanaged
        where TResult : class => Task.FromResult<TResult[]>([.. items.Select(map)]);

    public T? OrDefault<T>(T? value) => value;

    public T? Boxed<T>(T? value)
        where T : struct => value;

    public TService Get<TService>(TService other)
        where TService : class => other is IListener ? (TService)(object)_own : other;

    public string WithOverriddenBody(int value) => $"service {value}";

    public string @class(int @event, string @namespace, int field, int value, int call) => $"{@event} {@namespace} {field} {value} {call}";

    public dynamic Dynamic(dynamic value, nint number) => $"{value} {number}";

    public Dictionary<string, (int X, List<int?> Y)>[] Big(object? anything, Type type, DateTime? time, int[][] jagged) =>
        [new() { [$"{anything} {type.Name} {time:yyyy}"] = (jagged.Length, [null, jagged[0][0]]) }];

    public async Task FailAsync(string text)
    {
        await Task.Yield();
        throw new ArgumentException(text);
    }


    public ValueTask DisposeAsync() => default;
}
