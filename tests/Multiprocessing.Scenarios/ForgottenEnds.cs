namespace Multiprocessing.Scenarios;

/// <summary>
/// Ends of pipes that were passed on, closed by the process that received them, and forgotten here while other objects take their place in the table
/// of segments.
/// </summary>
internal static class ForgottenEnds
{
    private const int Rounds = 100;

    public static int Run()
    {
        var (here, there) = ProcessPipe.Create();
        using (here)
        {
            using var child = ChildProcess.Run(() =>
            {
                while (there.Receive<Connection?>() is { } end)
                {
                    end.Dispose();
                    there.Send("closed");
                }
            });
            for (var round = 0; round < Rounds; round++)
            {
                var others = PassOnAndForget(here);
                GC.Collect();
                GC.WaitForPendingFinalizers();
                foreach (var other in others)
                {
                    other.Dispose();
                }
            }

            here.Send<Connection?>(null);
            child.Join();
            Report.Line("rounds", Rounds);
        }

        return 0;
    }

    /// <summary>In a method of its own, so that no variable keeps the ends.</summary>
    /// <returns>New objects: one of them has the index of the end that was passed on.</returns>
    private static List<ProcessLock> PassOnAndForget(Connection here)
    {
        var (_, second) = ProcessPipe.Create();
        here.Send<Connection?>(second);
        here.Receive<string>();
        return [.. Enumerable.Range(0, 4).Select(_ => new ProcessLock())];
    }
}
