namespace Multiprocessing;

/// <summary>The bar of one call, a part of its console's display. Owns the newest report; the display draws it.</summary>
internal sealed class BarView(ProgressDisplay display, string title, ConsoleProgressOptions options) : IProgressView
{
    public string Title => title;

    public ConsoleProgressOptions Options => options;

    /// <summary>The newest report. Under the display's gate.</summary>
    public required PoolProgress Progress { get; set; }

    public void Show(PoolProgress progress) => display.Show(this, progress);

    public void End() => display.End(this);
}
