using System.Text;

namespace Multiprocessing;

/// <summary>
/// Keeps the head and the tail of a stream. In a crash report of the runtime the cause is at the head, the innermost frames follow, and the outermost
/// frames are at the end; a deep stack has hundreds of kilobytes in between. So the head begins again where the runtime begins to write.
/// </summary>
internal sealed class OutputHistory
{
    private const int HeadSize = 4096;
    private const int TailSize = 4096;

    // A reader of pipes adds; whichever thread describes the process reads.
    private readonly Lock _gate = new();
    private readonly byte[] _head = new byte[HeadSize];
    private readonly byte[] _tail = new byte[TailSize];
    private long _headFrom;
    private int _headLength;
    private bool _headIsCrash;
    private long _total;

    /// <summary>The last crash that the runtime announced, or <see langword="null"/>.</summary>
    public RuntimeCrash? Crash { get; private set; }

    public void Add(ReadOnlySpan<byte> data)
    {
        using var scope = _gate.EnterScope();

        // The announcement may be split between two reads, so the end of the last piece is searched together with this one.
        Span<byte> seam = stackalloc byte[2 * (RuntimeCrashText.Longest - 1)];
        var before = (int)Math.Min(_total, RuntimeCrashText.Longest - 1);
        CopyTail(seam[..before], before);
        var behind = Math.Min(data.Length, RuntimeCrashText.Longest - 1);
        data[..behind].CopyTo(seam[before..]);
        seam = seam[..(before + behind)];
        Crash = RuntimeCrashText.Meaning(data) ?? RuntimeCrashText.Meaning(seam) ?? Crash;
        if (RuntimeCrashText.Find(seam) is >= 0 and var early && early < before)
        {
            BeginHead(seam[early..before], 0);
        }

        var added = 0;
        for (var from = 0; from < data.Length && RuntimeCrashText.Find(data[from..]) is >= 0 and var found;)
        {
            AddToHead(data[added..(from + found)]);
            added = from + found;
            BeginHead([], added);
            from = added + Math.Max(1, HeadSize - _headLength);
        }

        AddToHead(data[added..]);
        AddToTail(data);
    }

    /// <summary>The last whole characters, at most 4 KiB.</summary>
    public string Tail()
    {
        using var scope = _gate.EnterScope();
        return Decode(TailBytes(), cutBefore: _total > TailSize, cutBehind: false);
    }

    /// <summary>Returns everything that is kept.</summary>
    public KeptOutput Keep()
    {
        using var scope = _gate.EnterScope();
        var tail = TailBytes();
        var tailFrom = _total - tail.Length;
        var tailText = Decode(tail, tailFrom > 0, cutBehind: false);
        if (tailFrom == 0)
        {
            return new KeptOutput("", tailText, tailText);
        }

        if (_headFrom >= tailFrom)
        {
            // The tail contains everything that the runtime wrote: the text begins there, or at the whole lines before it.
            var start = Math.Min(AfterFirstLine(tail), (int)(_headFrom - tailFrom));
            return new KeptOutput("", tailText, Decode(tail.AsSpan(start), cutBefore: true, cutBehind: false));
        }

        var left = tailFrom - (_headFrom + _headLength);
        var head = Decode(_head.AsSpan(0, _headLength), cutBefore: _headFrom > 0, cutBehind: left > 0);
        if (left <= 0)
        {
            return new KeptOutput(
                head, tailText, Decode([.. _head.AsSpan(0, _headLength), .. tail.AsSpan((int)-left)], cutBefore: _headFrom > 0, cutBehind: false));
        }

        var skipped = AfterFirstLine(tail);
        var rest = Decode(tail.AsSpan(skipped), cutBefore: true, cutBehind: false);
        return new KeptOutput(
            head, tailText, $"{head.TrimEnd()}{Environment.NewLine}[... {left + skipped} bytes left out ...]{Environment.NewLine}{rest}");
    }

    private static int AfterFirstLine(ReadOnlySpan<byte> text) => text.IndexOf((byte)'\n') is >= 0 and var end && end + 1 < text.Length ? end + 1 : 0;

    /// <summary>Decodes bytes that were cut out of a longer text. A character that is incomplete at a cut is omitted.</summary>
    private static string Decode(ReadOnlySpan<byte> bytes, bool cutBefore, bool cutBehind)
    {
        while (cutBefore && !bytes.IsEmpty && (bytes[0] & 0xc0) == 0x80)
        {
            bytes = bytes[1..];
        }

        if (cutBehind)
        {
            var characters = new char[bytes.Length];
            var decoder = Encoding.UTF8.GetDecoder();
            return new string(characters, 0, decoder.GetChars(bytes, characters, flush: false));
        }

        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>The head begins here, unless the runtime has already begun to write: then the announcement is part of its text.</summary>
    private void BeginHead(ReadOnlySpan<byte> earlier, int offset)
    {
        if (_headIsCrash && _headLength < HeadSize)
        {
            return;
        }

        _headIsCrash = true;
        _headFrom = _total + offset - earlier.Length;
        _headLength = 0;
        AddToHead(earlier);
    }

    private void AddToHead(ReadOnlySpan<byte> data)
    {
        data = data[..Math.Min(data.Length, HeadSize - _headLength)];
        data.CopyTo(_head.AsSpan(_headLength));
        _headLength += data.Length;
    }

    private void AddToTail(ReadOnlySpan<byte> data)
    {
        _total += data.Length;
        var last = data[Math.Max(0, data.Length - TailSize)..];
        var at = (int)((_total - last.Length) % TailSize);
        var first = Math.Min(last.Length, TailSize - at);
        last[..first].CopyTo(_tail.AsSpan(at));
        last[first..].CopyTo(_tail);
    }

    private byte[] TailBytes()
    {
        var bytes = new byte[(int)Math.Min(_total, TailSize)];
        CopyTail(bytes, bytes.Length);
        return bytes;
    }

    private void CopyTail(Span<byte> target, int length)
    {
        var at = (int)((_total - length) % TailSize);
        var first = Math.Min(length, TailSize - at);
        _tail.AsSpan(at, first).CopyTo(target);
        _tail.AsSpan(0, length - first).CopyTo(target[first..]);
    }
}
