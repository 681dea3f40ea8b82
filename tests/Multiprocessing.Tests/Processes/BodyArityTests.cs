using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

public class BodyArityTests : ProcessTest
{
    private static readonly string[] Expected = ["", "1", "1 two", "1 two 3.5", "1 two 3.5 True"];

    [Fact]
    public Task An_action_takes_up_to_four_arguments() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<string>().Watch();
        JoinAll(
        [
            ChildProcess.Run(() => queue.Put("")),
            ChildProcess.Run(a => queue.Put($"{a}"), 1),
            ChildProcess.Run((a, b) => queue.Put($"{a} {b}"), 1, "two"),
            ChildProcess.Run((a, b, c) => queue.Put($"{a} {b} {c}"), 1, "two", 3.5),
            ChildProcess.Run((a, b, c, d) => queue.Put($"{a} {b} {c} {d}"), 1, "two", 3.5, true),
        ]);
        queue.GetMany(5).Order(StringComparer.Ordinal).ShouldBe(Expected);
    });

    [Fact]
    public Task An_asynchronous_action_takes_up_to_four_arguments() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<string>().Watch();
        JoinAll(
        [
            ChildProcess.Run(async () => await Later(queue, "")),
            ChildProcess.Run(async a => await Later(queue, $"{a}"), 1),
            ChildProcess.Run(async (a, b) => await Later(queue, $"{a} {b}"), 1, "two"),
            ChildProcess.Run(async (a, b, c) => await Later(queue, $"{a} {b} {c}"), 1, "two", 3.5),
            ChildProcess.Run(async (a, b, c, d) => await Later(queue, $"{a} {b} {c} {d}"), 1, "two", 3.5, true),
        ]);
        queue.GetMany(5).Order(StringComparer.Ordinal).ShouldBe(Expected);
    });

    [Fact]
    public Task A_function_takes_up_to_four_arguments() => Watchdog.Run(() =>
        Results(
        [
            ChildProcess.Run(() => ""),
            ChildProcess.Run(a => $"{a}", 1),
            ChildProcess.Run((a, b) => $"{a} {b}", 1, "two"),
            ChildProcess.Run((a, b, c) => $"{a} {b} {c}", 1, "two", 3.5),
            ChildProcess.Run((a, b, c, d) => $"{a} {b} {c} {d}", 1, "two", 3.5, true),
        ]).ShouldBe(Expected));

    [Fact]
    public Task An_asynchronous_function_takes_up_to_four_arguments() => Watchdog.Run(() =>
        Results(
        [
            ChildProcess.Run(async () => await Later("")),
            ChildProcess.Run(async a => await Later($"{a}"), 1),
            ChildProcess.Run(async (a, b) => await Later($"{a} {b}"), 1, "two"),
            ChildProcess.Run(async (a, b, c) => await Later($"{a} {b} {c}"), 1, "two", 3.5),
            ChildProcess.Run(async (a, b, c, d) => await Later($"{a} {b} {c} {d}"), 1, "two", 3.5, true),
        ]).ShouldBe(Expected));

    [Fact]
    public Task Create_makes_what_Start_starts() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<string>().Watch();
        ChildProcess[] children =
        [
            new ChildProcess(() => queue.Put("")),
            ChildProcess.Create(a => queue.Put($"{a}"), 1),
            ChildProcess.Create((a, b) => queue.Put($"{a} {b}"), 1, "two"),
            ChildProcess.Create(async (a, b, c) => await Later(queue, $"{a} {b} {c}"), 1, "two", 3.5),
            ChildProcess.Create(async (a, b, c, d) => await Later(queue, $"{a} {b} {c} {d}"), 1, "two", 3.5, true),
        ];
        Start(children);
        JoinAll(children);
        queue.GetMany(5).Order(StringComparer.Ordinal).ShouldBe(Expected);
    });

    [Fact]
    public Task Create_with_a_result_makes_what_Start_starts() => Watchdog.Run(() =>
    {
        ChildProcess<string>[] children =
        [
            new ChildProcess<string>(() => ""),
            ChildProcess.Create(a => $"{a}", 1),
            ChildProcess.Create((a, b) => $"{a} {b}", 1, "two"),
            ChildProcess.Create(async (a, b, c) => await Later($"{a} {b} {c}"), 1, "two", 3.5),
            ChildProcess.Create(async (a, b, c, d) => await Later($"{a} {b} {c} {d}"), 1, "two", 3.5, true),
        ];
        Start(children);
        Results(children).ShouldBe(Expected);
    });

    private static async Task Later(ProcessQueue<string> queue, string text)
    {
        await Task.Yield();
        await queue.PutAsync(text);
    }

    private static async Task<string> Later(string text)
    {
        await Task.Delay(1);
        return text;
    }

    private static void Start(ChildProcess[] children)
    {
        foreach (var child in children)
        {
            child.State.ShouldBe(ProcessState.Created);
            child.Start();
        }
    }

    private static void JoinAll(ChildProcess[] children)
    {
        foreach (var child in children)
        {
            child.TakeFailure().ShouldBeNull();
            child.ExitStatus!.IsSuccess.ShouldBeTrue(child.ExitStatus.ToString());
        }
    }

    private static string[] Results(ChildProcess<string>[] children) => [.. children.Select(child => child.Take())];
}
