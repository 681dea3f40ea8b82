using System.Text;

namespace Multiprocessing;

/// <summary>
/// Passes a child's output to the parent's stream: whole lines, each with the prefix and in one write. The bytes are not decoded, so nothing is lost
/// if the child does not write UTF-8.
/// </summary>
internal sealed class PrefixedOutput : IOutputSink
{
    /// <summary>PIPE_BUF of Linux, in bytes: a write of at most this size to a pipe is not mixed with the writes of other processes.</summary>
    public const int LineLimit = 4096;

    /// <summary>The largest prefix in bytes. It leaves most of a line to the child's text, however long its name is.</summary>
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
            // Only when another byte has arrived: a line that just fits is not followed by an empty one.
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

    /// <summary>Writes the line up to <paramref name="end"/>. The bytes after it begin the next line.</summary>
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

    /// <summary>Returns the start of the last character if it is incomplete; otherwise, or if the bytes are not UTF-8, the end of the line.</summary>
    private int EndOfWholeCharacters()
    {
        for (var i = _length - 1; i >= _length - 3; i--)
        {
            var size = _line[i] switch
            {
                >= 0xf0 => 4,
                >= 0xe0 => 3,
                >= 0xc0 => 2,
                >= 0x80 => 0, // inside a character, which begins earlier
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
