using System.Text;

namespace Multiprocessing;

/// <summary>Cuts a stream of UTF-8 bytes into whole lines, however the bytes are cut.</summary>
internal sealed class LineSplitter(Action<string> onLine, int limit = int.MaxValue)
{
    /// <summary>More characters than a log record should have; a child that writes no line ends must not fill this process's memory.</summary>
    public const int LoggedLimit = 32 * 1024;

    private readonly Decoder _decoder = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetDecoder();
    private readonly StringBuilder _line = new();

    /// <summary>Something stands behind the last line end, be it a part of a character.</summary>
    public bool HasRest => _line.Length > 0 || _decoder.GetCharCount([], flush: true) > 0;

    public void Append(ReadOnlySpan<byte> data)
    {
        Span<char> characters = stackalloc char[1024];
        while (!data.IsEmpty)
        {
            _decoder.Convert(data, characters, flush: false, out var bytesUsed, out var charactersUsed, out _);
            data = data[bytesUsed..];
            AppendCharacters(characters[..charactersUsed]);
        }
    }

    /// <summary>Hands over what stands behind the last line end; of a character that never came whole, the replacement character.</summary>
    public void Finish()
    {
        Span<char> rest = stackalloc char[4];
        _decoder.Convert([], rest, flush: true, out _, out var count, out _);
        AppendCharacters(rest[..count]);
        if (_line.Length > 0)
        {
            EmitLine();
        }
    }

    private void AppendCharacters(ReadOnlySpan<char> characters)
    {
        for (var end = characters.IndexOf('\n'); end >= 0; end = characters.IndexOf('\n'))
        {
            AppendPart(characters[..end]);
            if (_line.Length > 0 && _line[^1] == '\r')
            {
                _line.Length--;
            }

            characters = characters[(end + 1)..];
            EmitLine();
        }

        AppendPart(characters);
    }

    private void AppendPart(ReadOnlySpan<char> characters)
    {
        while (characters.Length > limit - _line.Length)
        {
            var count = limit - _line.Length;
            if (count > 0 && char.IsHighSurrogate(characters[count - 1]))
            {
                count--; // both halves of a character stay together: they always come in one piece
            }

            _line.Append(characters[..count]);
            EmitLine();
            characters = characters[count..];
        }

        _line.Append(characters);
    }

    private void EmitLine()
    {
        var line = _line.ToString();
        _line.Clear();
        onLine(line);
    }
}
