using System.Text;

namespace Multiprocessing.Generators;

/// <summary>Indented lines of generated code.</summary>
internal sealed class CodeText
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public void Line(string line = "")
    {
        if (line.Length > 0)
        {
            _text.Append(' ', _depth * 4).Append(line);
        }

        _text.Append('\n');
    }

    /// <summary>Opens a block, which ends when the result is disposed.</summary>
    public Block Open(string head, string end = "}")
    {
        Line(head);
        Line("{");
        _depth++;
        return new(this, end);
    }

    public override string ToString() => _text.ToString();

    public readonly struct Block(CodeText text, string end) : IDisposable
    {
        public void Dispose()
        {
            text._depth--;
            text.Line(end);
        }
    }
}
