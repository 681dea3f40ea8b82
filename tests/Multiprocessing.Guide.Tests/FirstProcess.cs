using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests;

/// <summary>The code of docs/guide/first-process.md.</summary>
public class FirstProcess
{
    [Fact]
    public async Task A_result_comes_back()
    {
        #region first-result
        using var child = ChildProcess.Run(() => Environment.ProcessId);
        int id = await child.Result;
        Console.WriteLine($"Process {Environment.ProcessId} started process {id}.");
        #endregion
        id.ShouldNotBe(Environment.ProcessId);
    }

    [Fact]
    public async Task Arguments_are_copies()
    {
        #region first-arguments
        var words = new List<string> { "one" };
        using var child = ChildProcess.Run((list, word) => { list.Add(word); return list.Count; }, words, "two");
        Console.WriteLine($"There: {await child.Result} words. Here: {words.Count}.");
        #endregion
        (await child.Result).ShouldBe(2);
        words.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_exception_comes_back()
    {
        #region first-exception
        using var child = ChildProcess.Run(() => int.Parse("forty-two"));
        try
        {
            await child.Result;
        }
        catch (FormatException exception)
        {
            Console.WriteLine(exception.Message); // the child's exception, with the child's stack trace
        }
        #endregion
        await Should.ThrowAsync<FormatException>(child.Result);
    }

    [Fact]
    public void A_process_can_be_waited_for_stopped_and_looked_at()
    {
        #region first-kill
        using var child = ChildProcess.Run(() => Thread.Sleep(Timeout.Infinite));
        bool hasEnded = child.Join(TimeSpan.FromMilliseconds(100));     // false: it sleeps
        Console.WriteLine($"{child.Name} is {child.State} and uses {child.GetStatistics().WorkingSet >> 20} MiB.");
        child.Kill();                                                   // and every process that it started
        child.Join();
        Console.WriteLine(child.ExitStatus);                            // killed by signal 9
        #endregion
        hasEnded.ShouldBeFalse();
        child.ExitStatus!.Reason.ShouldBe(ExitReason.Killed);
    }

    [Fact]
    public async Task A_body_can_end_in_good_order()
    {
        #region first-terminate
        using var ready = new ProcessEvent();
        using var child = ChildProcess.Run(() =>
        {
            ready.Set();
            CurrentProcess.Stopping.WaitHandle.WaitOne(); // a token: pass it to whatever the body waits for
            return "the files are closed";
        });
        ready.Wait();
        child.Terminate(TimeSpan.FromSeconds(10));        // asks; kills after 10 seconds
        Console.WriteLine(await child.Result);
        #endregion
        (await child.Result).ShouldBe("the files are closed");
    }
}
