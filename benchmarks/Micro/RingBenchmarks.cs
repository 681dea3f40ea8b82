using BenchmarkDotNet.Attributes;
using Multiprocessing;

namespace Micro;

/// <summary>
/// Puts an item into a queue and gets it in one process: both locks and both commits, without waiting and without another processor's cache.
/// </summary>
[MemoryDiagnoser]
public class RingBenchmarks
{
    private readonly byte[] _bytes = new byte[64];
    private ProcessQueue<Cell>? _cells;
    private ProcessQueue<byte[]>? _arrays;

    [GlobalSetup]
    public void SetUp()
    {
        _cells = new ProcessQueue<Cell>();
        _arrays = new ProcessQueue<byte[]>();
    }

    /// <summary>64 bytes, copied as they are in memory.</summary>
    [Benchmark]
    public bool Struct()
    {
        _cells!.Put(default);
        return _cells.TryGet(out _);
    }

    /// <summary>64 bytes through the serializer.</summary>
    [Benchmark]
    public bool Bytes()
    {
        _arrays!.Put(_bytes);
        return _arrays.TryGet(out _);
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _cells?.Dispose();
        _arrays?.Dispose();
    }
}
