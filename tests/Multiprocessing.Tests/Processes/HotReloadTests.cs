using System.Reflection;
using System.Reflection.Metadata;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>
/// Hot reload changes code in memory, which other processes do not have. Each test calls the handler of an update in a process of its own, like the
/// runtime.
/// </summary>
public class HotReloadTests : ProcessTest
{
    private static class Edited
    {
        public static int Run() => 1;

        public static Func<int> Lambda() => static () => 2;

        public static Func<int> Closure(int value) => () => value;
    }

    private static class Other
    {
        public static int Run() => 3;
    }

    [Fact]
    public void The_runtime_finds_the_handler()
    {
        var handler = typeof(ProcessPool).Assembly.GetCustomAttributes<MetadataUpdateHandlerAttribute>().ShouldHaveSingleItem().HandlerType;
        handler.GetMethod("UpdateApplication", BindingFlags.Public | BindingFlags.Static, [typeof(Type[])]).ShouldNotBeNull();
    }

    [Fact]
    public Task A_body_that_was_edited_is_refused_and_any_other_is_warned_of_once() => Watchdog.Run(() =>
    {
        var warnings = new List<string>();
        using var child = ChildProcess.Run(
            static () =>
            {
                var before = ChildProcess.Run(Edited.Run).Take();
                HotReload.UpdateApplication([typeof(Edited), .. typeof(Edited).GetNestedTypes(BindingFlags.NonPublic)]);
                string[] refused = [.. new Func<int>[] { Edited.Run, Edited.Lambda(), Edited.Closure(5) }.Select(static body => Refusal(() => ChildProcess.Run(body)))];
                using var queue = new ProcessQueue<Func<int>>();
                var item = Refusal(() => queue.Put(Edited.Lambda()));
                return (before, refused, item, ChildProcess.Run(Other.Run).Take() + ChildProcess.Run(Other.Run).Take());
            },
            new ChildProcessOptions { StandardError = ProcessOutput.ToLines(warnings.Add) });
        var (before, refused, item, after) = child.Result.GetAwaiter().GetResult();
        child.Join();
        before.ShouldBe(1);
        after.ShouldBe(6);
        refused.Append(item).ShouldAllBe(static text => text.Contains("changed by hot reload (in Multiprocessing.Tests.HotReloadTests.Edited)", StringComparison.Ordinal) && text.Contains("Restart the program", StringComparison.Ordinal));
        warnings.Count(static line => line.Contains("this program was changed by hot reload (Multiprocessing.Tests.HotReloadTests.Edited)", StringComparison.Ordinal)).ShouldBe(1, string.Join('\n', warnings));
    });

    [Fact]
    public Task An_update_of_which_the_types_are_not_known_is_warned_of() => Watchdog.Run(() =>
    {
        var warnings = new List<string>();
        using var child = ChildProcess.Run(
            static () =>
            {
                HotReload.UpdateApplication(null);
                return ChildProcess.Run(Other.Run).Take();
            },
            new ChildProcessOptions { StandardError = ProcessOutput.ToLines(warnings.Add) });
        child.Result.GetAwaiter().GetResult().ShouldBe(3);
        child.Join();
        warnings.Count(static line => line.Contains("changed by hot reload (some types)", StringComparison.Ordinal)).ShouldBe(1, string.Join('\n', warnings));
    });

    private static string Refusal(Action start)
    {
        try
        {
            start();
            return "";
        }
        catch (NotSerializableException exception)
        {
            return exception.Message;
        }
    }
}
