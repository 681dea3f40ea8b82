using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>Items of a source: one task for each, with a body that they share.</summary>
/// <param name="items">The items.</param>
/// <param name="count">The number of items.</param>
/// <param name="hasResult">The body returns a value.</param>
/// <param name="settings">What they have in common.</param>
/// <param name="receiver">Receives the results.</param>
/// <param name="offset">The index of the first item in the source.</param>
internal sealed unsafe class ItemBatch<TItem, TResult>(
    TItem[] items, int count, bool hasResult, TaskSettings settings, MapReceiver<TResult> receiver, long offset)
    : TaskBatch(settings)
{
    private static readonly bool IsRaw = ValueSerializer<TItem>.IsRaw && Unsafe.SizeOf<TItem>() <= ByteRing.LargestContent / 2;

    public override int Count => count;

    public override int RawLength => IsRaw ? Unsafe.SizeOf<TItem>() : -1;

    public MapReceiver<TResult> Receiver => receiver;

    public override void CopyRaw(int index, byte* destination) => Unsafe.WriteUnaligned(destination, items[index]);

    public override void CopyRaw(int from, int count, byte* records, int stride, RequestHeader header)
    {
        foreach (var item in items.AsSpan(from, count))
        {
            *(RequestHeader*)records = header;
            header.Number++;
            Unsafe.WriteUnaligned(records + sizeof(RequestHeader), item);
            records += stride;
        }
    }

    public override MessageBuffer Serialize(int index)
    {
        var message = MessageBuffer.Rent();
        try
        {
            message.SenderKeepsReferences = true;
            ValueSerializer.Serialize(message, items[index], "item", new WriteContext(TaskLinkPolicy.Instance));
            return message;
        }
        catch
        {
            message.Dispose();
            throw;
        }
    }

    public override bool IsCancelled(int index) => receiver.IsOver;

    protected override long End(int index, byte* data, byte* end, bool isMeasured)
    {
        var began = isMeasured ? Stopwatch.GetTimestamp() : 0;
        var result = hasResult ? ValueSerializer.Deserialize<TResult>(ref data, end) : default!;
        var took = isMeasured ? Stopwatch.GetTimestamp() - began : 0;
        receiver.OnResult(offset + index, result);
        return took;
    }

    protected override int EndMany(int from, int max, uint number, ref byte* replies, byte* end)
    {
        if (!hasResult || !ValueSerializer<TResult>.IsRaw || receiver.Results is not { } results)
        {
            return 0;
        }

        var length = Unsafe.SizeOf<TResult>();
        var stride = (sizeof(ReplyHeader) + length + 7) & ~7;
        var plain = new ReplyHeader { Length = length, Kind = ReplyKind.Result, Number = number };
        var first = (int)offset + from;
        var at = replies;
        var taken = 0;
        while (taken < max && end - at >= stride && ((ulong*)at)[0] == ((ulong*)&plain)[0] && ((ReplyHeader*)at)->Number == plain.Number)
        {
            results[first + taken] = Unsafe.ReadUnaligned<TResult>(at + sizeof(ReplyHeader));
            at += stride;
            taken++;
            plain.Number++;
        }

        replies = at;
        receiver.OnResults(taken);
        return taken;
    }

    protected override void Fail(int index, Exception error) => receiver.OnError(offset + index, error);

    public override void Withdraw(int index) => receiver.OnNotBegun(offset + index);

    public override Exception CancelledError(int index) => new OperationCanceledException("The map was cancelled.");

    public override string NameOf(int index) => $"{Settings.Name}[{offset + index}]";
}

/// <summary>Receives the results of items. Called under the loop's gate, once for each item.</summary>
internal abstract class MapReceiver<TResult>
{
    /// <summary>No caller waits any more: items that have not started do not start.</summary>
    public abstract bool IsOver { get; }

    public abstract void OnResult(long index, TResult result);

    /// <summary>
    /// Where results are written in the order of the source, if nothing else has to be done with each; otherwise <see langword="null"/>.
    /// </summary>
    public virtual TResult[]? Results => null;

    /// <summary>Results were written into <see cref="Results"/>.</summary>
    public virtual void OnResults(int count) => throw new NotSupportedException();

    public abstract void OnError(long index, Exception error);

    public abstract void OnNotBegun(long index);
}
