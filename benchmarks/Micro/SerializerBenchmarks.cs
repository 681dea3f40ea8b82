using BenchmarkDotNet.Attributes;

namespace Micro;

/// <summary>Serializes and deserializes one value, and measures the allocations.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
[MemoryDiagnoser]
public abstract class SerializerBenchmarks<T>
{
    private RoundTripper<T>? _tripper;

    /// <summary>Serializes the value.</summary>
    [Benchmark]
    public long Serialize() => _tripper!.Serialize();

    /// <summary>Deserializes the value.</summary>
    [Benchmark]
    public T Deserialize() => _tripper!.Deserialize();

    [GlobalSetup]
    public void SetUp() => _tripper = new RoundTripper<T>(Create());

    [GlobalCleanup]
    public void CleanUp() => _tripper?.Dispose();

    protected abstract T Create();
}

/// <summary>Five fields and a list.</summary>
public class SmallObjectBenchmarks : SerializerBenchmarks<Order>
{
    protected override Order Create() => new();
}

/// <summary>A hundred characters.</summary>
public class StringBenchmarks : SerializerBenchmarks<string>
{
    protected override string Create() => new('x', 100);
}

/// <summary>A thousand numbers.</summary>
public class ListBenchmarks : SerializerBenchmarks<List<int>>
{
    protected override List<int> Create() => [.. Enumerable.Range(0, 1000)];
}

/// <summary>A dictionary with a hundred strings.</summary>
public class DictionaryBenchmarks : SerializerBenchmarks<Dictionary<string, string>>
{
    protected override Dictionary<string, string> Create() => Enumerable.Range(0, 100).ToDictionary(i => $"key {i}", i => $"value {i}");
}

/// <summary>A lambda with two captured locals.</summary>
public class ClosureBenchmarks : SerializerBenchmarks<Func<int, string>>
{
    protected override Func<int, string> Create()
    {
        var word = "item";
        var offset = 17;
        return number => $"{word} {number + offset}";
    }
}
