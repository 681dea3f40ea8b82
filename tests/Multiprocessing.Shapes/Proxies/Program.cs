using Multiprocessing;

// A program that is compiled to native code and has proxies of every kind. All of it is compiled: the project keeps the program whole.
Uses.All();
if (args is [var path])
{
    await Caller.RunAsync(path);
}

Console.WriteLine("end ok");

/// <summary>Every kind of member that a proxy carries.</summary>
public interface IEverything : IAsyncDisposable
{
    void Nothing();

    int Add(int a, int b = 3);

    string? Text(string? text = null, params string[] rest);

    Task<string> ReadAsync(byte[] data, CancellationToken cancellationToken = default);

    ValueTask<(int Count, string? Name)> TupleAsync((int A, int[] B) pair);

    int? Maybe { get; set; }

    string this[int index] { get; set; }

    event EventHandler<int>? Counted;

    event Action<ICallback>? Called;

    IAsyncEnumerable<string> Words(int page, CancellationToken cancellationToken);

    Task<int> SumAsync(IAsyncEnumerable<int> values);

    Task WorkAsync(IProgress<double>? progress);

    Task<ICallback> FindAsync(ICallback callback);

    [return: ByValue]
    ICallback CopyBack([ByValue] ICallback callback);

    IBox<string> Box { get; }

    IBox<T> Make<T>(T value)
        where T : notnull;

    Task<T> EchoAsync<T>(T value);

    T? Boxed<T>(T? value)
        where T : struct;

    TService Get<[GenerateProxy] TService>(TService other)
        where TService : class;

    dynamic Dynamic(dynamic value);
}

public interface ICallback
{
    void Done(int value);
}

public interface IBox<T>
    where T : notnull
{
    T Value { get; set; }

    IBox<T>? Next { get; }
}

internal static class Uses
{
    public static void All()
    {
        Use<IEverything>();
        Use<IBox<int>>();
        Use<IBox<Guid>>();
    }

    private static void Use<[GenerateProxy] T>() => Console.WriteLine(typeof(T));
}
