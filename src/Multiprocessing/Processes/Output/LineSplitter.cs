using System.Text;

namespace Multiprocessing;

/// <summary>Splits a stream of UTF-8 bytes, which may arrive in any pieces, into whole lines.</summary>
internal sealed class LineSplitter(Action<string> onLine, int limit = int.MaxValue)
{
    /// <summary>The largest log record in characters. A child that writes no line ends must not fill the memory of this process.</summary>
    public const int LoggedLimit = 32 * 1024;

    private readonly Decoder _decoder = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetDecoder();
    private readonly StringBuilder _line = new();

    /// <summary>There are characters, or a part of one, after the last line end.</summary>
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

    /// <summary>Passes on the text after the last line end. An incomplete character becomes the replacement character.</summary>
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
                count--; // both halves of a character stay together: they always arrive in one piece
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
