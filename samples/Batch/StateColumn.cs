using Spectre.Console;
using Spectre.Console.Rendering;

namespace Batch;

/// <summary>Shows failed files and busy workers.</summary>
internal sealed class StateColumn : ProgressColumn
{
    private const string Key = "step";

    public static void Show(ProgressTask task, Step step) => task.State.Update<Step>(Key, _ => step);

    public static string Text(Step step) => $"{step.Failed} failed, {step.Busy} of {step.Workers} busy";

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(Text(task.State.Get<Step>(Key)));
}
