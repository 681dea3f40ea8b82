using System.Globalization;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// Runs once, before a spare reports that it is ready, the code that bodies and their start commonly need: the first use of each part is slow.
/// </summary>
internal static class SpareWarmUp
{
    public static void Run()
    {
        RunOwnBody();

        // The first use of each takes milliseconds: the thread pool's first thread, cultures (ICU), LINQ, the encoders of the console.
        Task.Run(static () => { }).Wait();
        _ = string.Join(',', Enumerable.Range(0, 3).Select(number => number.ToString(CultureInfo.CurrentCulture)).ToList());
        _ = Console.Out;
        _ = CurrentProcess.IsStoppingObserved;
        ShortExit.Prepare();
    }

    /// <summary>Serializes, deserializes and runs a body of the library in this process, as the program's body will be.</summary>
    private static unsafe void RunOwnBody()
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
