using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

/// <summary>Waiting for several things.</summary>
public class WaitExamples
{
    [Fact]
    public void Process_wait()
    {
        var seen = new List<string>();
        #region ProcessWait
        using var results = new ProcessQueue<int>();
        using var child = ChildProcess.Run(() => results.Put(42));
        while (true)
        {
            int ready = ProcessWait.Any([results, child], TimeSpan.FromSeconds(30));
            if (ready == 0 && results.TryGet(out int result))
            {
                Console.WriteLine($"Result: {result}");
                seen.Add($"{result}");
            }
            else if (ready == 1)
            {
                Console.WriteLine($"The process has ended: {child.ExitStatus}");
                seen.Add("end");
            }

            if (child.ExitStatus is not null && results.IsEmpty)
            {
                break;
            }
        }
        #endregion
        seen.ShouldContain("42");
    }

    [Fact]
    public void Process_waitable()
    {
        #region IProcessWaitable
        using var work = new ProcessQueue<string>();
        using var stop = new ProcessEvent();
        IProcessWaitable[] sources = [work, stop];
        work.Put("first");
        Console.WriteLine(ProcessWait.Any(sources)); // 0: the queue has an item
        stop.Set();
        Console.WriteLine(ProcessWait.Ready(sources).Count); // 2
        #endregion
        ProcessWait.Ready(sources).Count.ShouldBe(2);
    }
}
