using System.Text;

namespace Multiprocessing;

/// <summary>Cuts a stream of UTF-8 bytes into whole lines, however the bytes are cut.</summary>
internal sealed class LineSplitter(Action<string> onLine)
{
    private readonly Decoder _decoder = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetDecoder();
    private readonly StringBuilder _line = new();

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

    /// <summary>Hands over what stands behind the last line end.</summary>
    public void Finish()
    {
        if (_line.Length > 0)
        {
            EmitLine();
        }
    }

    private void AppendCharacters(ReadOnlySpan<char> characters)
    {
        for (var end = characters.IndexOf('\n'); end >= 0; end = characters.IndexOf('\n'))
        {
            _line.Append(characters[..end]);
            if (_line.Length > 0 && _line[^1] == '\r')
            {
                _line.Length--;
            }

            characters = characters[(end + 1)..];
            EmitLine();
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
