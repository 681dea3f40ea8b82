using System.Text;

namespace Multiprocessing.Tool.Output;

/// <summary>Removes the blanks at the ends of lines, with which tables fill their last column.</summary>
internal sealed class LineEndWriter(TextWriter inner) : TextWriter
{
    private int _blanks;

    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value)
    {
        if (value == ' ')
        {
            _blanks++;
            return;
        }

        if (value is not ('\n' or '\r'))
        {
            inner.Write(new string(' ', _blanks));
        }

        _blanks = 0;
        inner.Write(value);
    }

    public override void Flush() => inner.Flush();
}
