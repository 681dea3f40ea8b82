using Spectre.Console;
using Spectre.Console.Rendering;

namespace Batch;

/// <summary>Shows files per second.</summary>
internal sealed class RateColumn : ProgressColumn
{
    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Text(task.Speed is { } speed ? $"{speed:0}/s" : "-/s", new Style(Color.Grey)).RightJustified();

    public override int? GetColumnWidth(RenderOptions options) => 7;
}
