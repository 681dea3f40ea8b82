using Spectre.Console;
using Spectre.Console.Rendering;

namespace Multiprocessing;

/// <summary>Lines that are made for the width of the console.</summary>
internal sealed class Lines(Func<int, IReadOnlyList<List<Segment>>> make, bool endsLines = true) : IRenderable
{
    public Measurement Measure(RenderOptions options, int maxWidth) => new(0, maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        var isFirst = true;
        foreach (var line in make(maxWidth - 1))
        {
            if (!isFirst)
            {
                yield return Segment.LineBreak;
            }

            isFirst = false;
            foreach (var segment in line)
            {
                yield return segment;
            }
        }

        if (endsLines)
        {
            yield return Segment.LineBreak;
        }
    }
}
