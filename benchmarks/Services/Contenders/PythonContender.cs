using System.Globalization;

namespace Services.Contenders;

/// <summary>A way of CPython's <c>multiprocessing</c>: a script runs each turn in processes of its own, one for each client.</summary>
/// <param name="name">The head of the column.</param>
/// <param name="way"><c>manager</c> or <c>pipe</c>.</param>
/// <param name="kinds">What the way can do.</param>
internal sealed class PythonContender(string name, string way, params Kind[] kinds) : Contender
{
    public override string Name => name;

    public override bool Does(Work work) => PythonRunner.Command is not null && kinds.Contains(work.Kind);

    // The script runs a tenth of the time before it measures. An interpreter needs no more.
    public override void WarmUp(Work work, TimeSpan turn)
    {
    }

    public override double Measure(Work work, TimeSpan turn) =>
        PythonRunner.Run(
            "services", way, work.Kind.ToString().ToLower(CultureInfo.InvariantCulture), work.Size, work.Clients, work.Window, work.Items / work.Clients,
            turn.TotalSeconds)![0];

    public override void Dispose()
    {
    }
}
