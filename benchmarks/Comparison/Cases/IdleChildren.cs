using System.Globalization;
using Multiprocessing;

namespace Comparison.Cases;

/// <summary>
/// Children that wait for an item: the memory of one (mean) and the processor time of all over two seconds. The limit is one bare .NET process that
/// waits for input.
/// </summary>
internal sealed class IdleChildren(int count) : Case
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    public override string Name => "idle-children";

    public override IReadOnlyList<Figure> Figures =>
    [
        new($"{count} idle children, resident memory of each", Unit.Bytes, new(Most: 25 << 20)
        {
            Reason = "The limit is a bare .NET process, which alone has the size of the aim. What exceeds it is not explained yet.",
        }),
        new($"{count} idle children, proportional memory of each", Unit.Bytes, new(Most: 5 << 20)),
        new($"{count} idle children, processor time together", Unit.Percent, new(Most: 0.5)),
    ];

    public override double[] Ours()
    {
        using var queue = new ProcessQueue<bool>();
        var children = Enumerable.Range(0, count).Select(_ => ChildProcess.Run(Wait, queue)).ToList();
        Thread.Sleep(Settling);
        var usage = ProcessUsage.Of([.. children.Select(child => child.Id)]);
        children.ForEach(_ => queue.Put(true));
        children.ForEach(child => child.Join());
        children.ForEach(child => child.Dispose());
        return usage;
    }

    public override double[]? Python() =>
        PythonRunner.Command is { } python
            ? Measure(python, [PythonRunner.Script("idle"), count.ToString(CultureInfo.InvariantCulture)], Children)
            : null;

    public override double[] Limit() => Measure(DotnetRunner.Command, [Places.Neighbour("Hello"), "wait"], static (process, _) => [process]);

    private static void Wait(ProcessQueue<bool> queue) => _ = queue.Get();

    public static int[] Children(int process, string line) => [.. line.Split(' ').Select(int.Parse)];

    /// <summary>Starts a program that prints a line when it is ready and ends when its input does.</summary>
    public static double[] Measure(string program, string[] arguments, Func<int, string, int[]> whom)
    {
        using var process = Programs.Start(program, arguments);
        var line = process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException($"{program} ended early: {process.StandardError.ReadToEnd()}");
        Thread.Sleep(Settling);
        var usage = ProcessUsage.Of(whom(process.Id, line));
        process.StandardInput.Close();
        process.WaitForExit();
        return usage;
    }
}
