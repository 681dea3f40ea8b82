using System.Globalization;

namespace Multiprocessing;

/// <summary>What a spare does before it says that it is ready: everything for the first time that bodies and the way to them commonly need.</summary>
internal static class SpareWarmUp
{
    public static void Run()
    {
        CarryAndRun();

        // The first use of each costs milliseconds: the pool's first thread, cultures (ICU), LINQ, the encoders behind the console.
        Task.Run(static () => { }).Wait();
        _ = string.Join(',', Enumerable.Range(0, 3).Select(number => number.ToString(CultureInfo.CurrentCulture)).ToList());
        _ = Console.Out;
        _ = CurrentProcess.IsStoppingObserved;
    }

    /// <summary>A body of the library's own makes the way that the user's will make, within this process.</summary>
    private static unsafe void CarryAndRun()
    {
        var number = Environment.ProcessId;
        var words = new List<string> { "a", "b" };
        using var message = MessageBuffer.Rent();
        new Assignment { Name = "spare", TerminationGrace = TimeSpan.Zero, ReportsErrors = true }.WriteTo(message);
        ValueSerializer.Serialize<ChildCall>(message, new FunctionCall<string>(() => $"{number} {words.Count}"), "body");
        var bytes = new byte[message.Length];
        message.CopyTo(0, bytes);
        using var result = MessageBuffer.Rent();
        _ = Assignment.Read(bytes, out var body);
        fixed (byte* start = body)
        {
            var position = start;
            ValueSerializer.Deserialize<ChildCall>(ref position, start + body.Length).Run(result);
        }
    }
}
