using System.Text;

namespace Multiprocessing;

/// <summary>A child's output on its way to where the parent's goes: whole lines, each behind the prefix and in one write. It stays bytes, so nothing is lost in a child that writes no UTF-8.</summary>
internal sealed class PrefixedOutput : IOutputSink
{
    /// <summary>PIPE_BUF of Linux: a write to a pipe of no more than that is not mixed with those of other processes.</summary>
    public const int LineLimit = 4096;

    /// <summary>Leaves most of a line to what the child wrote, however long its name is.</summary>
    public const int PrefixLimit = 1024;

    private readonly byte[] _line = new byte[LineLimit];
    private readonly int _prefixLength;
    private readonly OutputWrite _write;
    private int _length;

    public PrefixedOutput(string prefix, OutputWrite write)
    {
        _write = write;
        Encoding.UTF8.GetEncoder().Convert(prefix, _line.AsSpan(0, PrefixLimit), flush: true, out _, out _prefixLength, out _);
        _length = _prefixLength;
    }

    public bool HasRest => _length > _prefixLength;

    public void Write(ReadOnlySpan<byte> data)
    {
        for (var end = data.IndexOf((byte)'\n'); end >= 0; end = data.IndexOf((byte)'\n'))
        {
            Append(data[..end]);
            Emit(_length);
            data = data[(end + 1)..];
        }

        Append(data);
    }

    public void Finish()
    {
        if (HasRest)
        {
            Emit(_length);
        }
    }

    private void Append(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            // Only now that a byte more is there: a line that just fits is not followed by an empty one.
            if (_length == LineLimit - 1)
            {
                Emit(EndOfWholeCharacters());
            }

            var count = Math.Min(data.Length, LineLimit - 1 - _length);
            data[..count].CopyTo(_line.AsSpan(_length));
            _length += count;
            data = data[count..];
        }
    }

    /// <summary>Writes the line up to there; what stands behind it begins the next one.</summary>
    private void Emit(int end)
    {
        Span<byte> rest = stackalloc byte[4];
        rest = rest[..(_length - end)];
        _line.AsSpan(end, rest.Length).CopyTo(rest);
        _line[end] = (byte)'\n';
        _write(_line.AsSpan(0, end + 1));
        rest.CopyTo(_line.AsSpan(_prefixLength));
        _length = _prefixLength + rest.Length;
    }

    /// <summary>Where the last character begins if it has not come whole; the end if it has, or what stands there is no UTF-8.</summary>
    private int EndOfWholeCharacters()
    {
        for (var i = _length - 1; i >= _length - 3; i--)
        {
            var size = _line[i] switch
            {
                >= 0xf0 => 4,
                >= 0xe0 => 3,
                >= 0xc0 => 2,
                >= 0x80 => 0, // inside a character, which begins further ahead
                _ => 1,
            };
            if (size > 0)
            {
                return i + size > _length ? i : _length;
            }
        }

        return _length;
    }
}
