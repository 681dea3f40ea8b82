using System.Text;

namespace Multiprocessing;

/// <summary>To this process's own stream in whole lines behind a prefix: each is one write, and only one at a time, so lines of several children stay whole.</summary>
internal sealed class PrefixSink(string prefix, bool isError) : OutputSink
{
    private const int LongestLine = 64 << 10;

    private static readonly Lock Gate = new();

    // The console's own streams: a reader that is gone is no error there.
    private readonly Stream _target = isError ? Console.OpenStandardError() : Console.OpenStandardOutput();
    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(prefix);
    private readonly MemoryStream _line = new();

    public override void Append(ReadOnlySpan<byte> data)
    {
        for (var end = data.IndexOf((byte)'\n'); end >= 0; end = data.IndexOf((byte)'\n'))
        {
            Add(data[..end]);
            Emit();
            data = data[(end + 1)..];
        }

        Add(data);
    }

    public override void Finish()
    {
        if (_line.Length > _prefix.Length)
        {
            Emit();
        }
    }

    private void Add(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            Begin();
            var room = (int)Math.Min(data.Length, LongestLine + _prefix.Length - _line.Length);
            _line.Write(data[..room]);
            data = data[room..];
            if (!data.IsEmpty)
            {
                Emit();
            }
        }
    }

    private void Begin()
    {
        if (_line.Length == 0)
        {
            _line.Write(_prefix);
        }
    }

    private void Emit()
    {
        Begin(); // an empty line
        _line.WriteByte((byte)'\n');
        lock (Gate)
        {
            _target.Write(_line.GetBuffer(), 0, (int)_line.Length);
            _target.Flush();
        }

        _line.SetLength(0);
    }
}
