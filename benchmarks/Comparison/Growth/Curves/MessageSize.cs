using System.Numerics;
using System.Threading.Channels;
using Comparison.Cases;
using Comparison.Drawing;

namespace Comparison.Growth.Curves;

/// <summary>A message's size, from one producer process to one consumer process.</summary>
internal sealed class MessageSize(bool quick) : Curve
{
    private const long Kilobyte = 1024;
    private const long Megabyte = 1024 * Kilobyte;

    // The bytes of one pass.
    private readonly long _volume = (quick ? 16 : 512) * Megabyte;

    public override string Name => "message-size";

    public override string What => "Throughput over the size of a message";

    public override string How =>
        "One producer process puts arrays of bytes, one consumer process takes them: time for each message. `Get` creates a new array each time, `GetInto` reads into the same one; a `SharedBuffer` is not copied, and both sides touch its ends. "
        + "CPython puts `bytes`. The limit is a ring of C that copies in and out. Threads: a `Channel<T>` of one process, into which the producer puts a copy of its array.";

    public override string Grows => "bytes of a message";

    public override IReadOnlyList<long> Places =>
    [
        8, 64, 512, 4 * Kilobyte, 32 * Kilobyte, 256 * Kilobyte,
        .. quick ? (long[])[] : [Megabyte, 4 * Megabyte, 16 * Megabyte, 64 * Megabyte],
    ];

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("this library, Get", Svg.Ours, size => Through((int)size, into: false).Ours()[0]),
        new("GetInto", Svg.Second, size => Through((int)size, into: true).Ours()[0]),
        new("SharedBuffer", Svg.Third, size => new BufferThroughput((int)size, Count(size), 0).Ours()[0]),
        new("CPython", Svg.Python, size => PythonRunner.Run("throughput", size, Capacity(size), PythonCount(size), 1)?[0]),
        new("limit, C", Svg.Limit, size => CRunner.Run("throughput", size, Capacity(size), Count(size))?[0]),
        new("threads, Channel", "#f85149", size => Threads((int)size)),
    ];

    public override string Label(long place) => Unit.Bytes.Format(place).Replace(".0", "", StringComparison.Ordinal);

    private Throughput<byte[]> Through(int size, bool into) =>
        new(Name, What, () => new byte[size], size, Capacity(size), Count(size), PythonCount(size)) { IntoSame = into };

    private int Count(long size) => (int)Math.Clamp(_volume / size, 8, 400_000);

    private int PythonCount(long size) => (int)Math.Clamp(_volume / 16 / size, 4, 20_000);

    // Of all contenders the same, so that none has more memory under way than the others.
    private static int Capacity(long size) => (int)BitOperations.RoundUpToPowerOf2((ulong)Math.Clamp(4 * Megabyte / size, 2, 1024));

    private double Threads(int size)
    {
        var count = Count(size);
        var channel = Channel.CreateBounded<byte[]>(Capacity(size));
        var item = new byte[size];
        return Passes.Last(() =>
        {
            var producer = Task.Run(async () =>
            {
                for (var i = 0; i < count; i++)
                {
                    await channel.Writer.WriteAsync((byte[])item.Clone()).ConfigureAwait(false);
                }
            });
            Task.Run(async () =>
            {
                for (var i = 0; i < count; i++)
                {
                    _ = await channel.Reader.ReadAsync().ConfigureAwait(false);
                }
            }).GetAwaiter().GetResult();
            producer.GetAwaiter().GetResult();
        }).TotalNanoseconds / count;
    }
}
