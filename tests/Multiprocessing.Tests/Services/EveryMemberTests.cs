using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Services;

/// <summary>Each kind of member of an interface, through generated code, against an object in another process.</summary>
public sealed class EveryMemberTests : ProcessTest
{
    [Fact]
    public Task Methods_and_overloads_and_default_values() => Run(static every =>
    {
        every.Nothing();
        every.Add(1).ShouldBe(4);
        every.Add(1, 2).ShouldBe(3);
        every.Add("a", "b").ShouldBe("ab");
        every.Sum(1, 2, 3).ShouldBe(6);
        every.Sum().ShouldBe(0);
        every.Maybe(null).ShouldBeNull();
        every.Maybe("x").ShouldBe("x Low");
        every.Maybe("x", null).ShouldBe("x ");
        every.@class(1, "n", 2, 3, 4).ShouldBe("1 n 2 3 4");
        ((string)every.Dynamic(5, 6)).ShouldBe("5 6");
        var big = every.Big("any", typeof(Gear), new DateTime(2026, 1, 1), [[9], []]);
        big.Length.ShouldBe(1);
        big[0]["any Gear 2026"].X.ShouldBe(2);
        big[0]["any Gear 2026"].Y.ShouldBe([null, 9]);
    });

    [Fact]
    public Task Inherited_members_of_the_same_name_stay_apart() => Run(static every =>
    {
        ((INamed)every).Same(1).ShouldBe(2);
        ((ICounted)every).Same(1).ShouldBe(3);
        ((INamed)every).Hidden().ShouldBe("named");
        ((ICounted)every).Hidden().ShouldBe(7);
        every.Hidden().ShouldBe(0.5);
    });

    [Fact]
    public Task Members_with_a_body_are_the_services_and_sealed_ones_run_here() => Run(static every =>
    {
        every.WithBody(1).ShouldBe("body 1");
        every.WithOverriddenBody(1).ShouldBe("service 1");
        every.Sealed().ShouldBe("sealed 2");
    });

    [Fact]
    public Task Asynchronous_methods() => Run(static async every =>
    {
        (await every.ReadAsync(3)).ShouldBe([0, 1, 2]);
        await every.StoreAsync("stored");
        (await every.StoredAsync(("p ", [1, 2]))).ShouldBe((2, "p stored"));
        using var cancellation = new CancellationTokenSource();
        var waiting = every.WaitAsync(cancellation.Token);
        waiting.IsCompleted.ShouldBeFalse();
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);
    });

    [Fact]
    public Task Properties_and_indexers() => Run(static every =>
    {
        every.Name.ShouldBe("every");
        every.Name = "other";
        every.Name.ShouldBe("other");
        every.Number.ShouldBeNull();
        every.Number = 5;
        every.Number.ShouldBe(5);
        every[3] = "three";
        every[3].ShouldBe("three");
        every["four", Gear.High].ShouldBe(8);
    });

    [Fact]
    public Task Events() => Run(static async every =>
    {
        every.Write = Gear.High;
        var seen = new System.Collections.Concurrent.ConcurrentQueue<string>(); // the last handlers run while the test reads it
        var called = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        EventHandler started = (sender, _) => seen.Enqueue($"started {ReferenceEquals(sender, every)}");
        every.Started += started;
        every.Counted += (sender, count) => seen.Enqueue($"counted {count} {ReferenceEquals(sender, every)}");
        every.Reported += (text, values) => seen.Enqueue($"{text} {values.Length}");
        every.Shifted += (from, to) => seen.Enqueue($"{from} {to}");
        every.Called += listener => _ = Task.Run(() => called.SetResult(listener.Heard("event")));
        every.RaiseAll();
        (await called.Task).ShouldBe("service heard event");
        seen.ToArray().ShouldBe(["started True", "counted 5 True", "report 2", "Low High"]);
        every.Started -= started;
        var again = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        every.Counted += (_, _) => again.TrySetResult();
        every.RaiseAll();
        await again.Task;
        seen.Count(static text => text.StartsWith("started", StringComparison.Ordinal)).ShouldBe(1);
    });

    [Fact]
    public Task Streams_in_both_directions() => Run(static async every =>
    {
        (await every.Words(5).ToListAsync()).ShouldBe(["word 0", "word 1", "word 2", "word 3", "word 4"]);
        (await every.TotalAsync(AsyncEnumerable.Range(1, 1000))).ShouldBe(500500);
    });

    [Fact]
    public Task Progress() => Run(static async every =>
    {
        var reports = new Reports<int>();
        var others = new Reports<(int, string)>();
        await every.WorkAsync(reports, others);
        Eventually.Is(() => string.Join(" ", reports.Values) == "0 1 2", "the reports arrive");
        Eventually.Is(() => others.Values.Count == 1, "the other report arrives");
        await every.WorkAsync(null, others);
        Eventually.Is(() => string.Join(" ", others.Values) == "(3, done) (0, done)", "the second report arrives");
    });

    [Fact]
    public Task Objects_stay_in_their_process() => Run(static async every =>
    {
        var listener = new Listener("caller");
        every.Call(listener).ShouldBe("caller heard hello");
        listener.Texts.ShouldBe(["hello"]);
        every.Find("nowhere").ShouldBeNull();
        var found = every.Find("service").ShouldNotBeNull();
        found.Heard("call").ShouldBe("service heard call");
        every.IsMine(found).ShouldBeTrue();
        every.IsMine(listener).ShouldBeFalse();
        (await every.FindAsync("service")).ShouldBeSameAs(found);
        (await every.FindLaterAsync("service", null)).ShouldBeSameAs(found);
        (await every.FindLaterAsync("service", listener)).ShouldBeSameAs(listener);
        every.Get<IListener>(listener).ShouldBeSameAs(found);
        var original = new Listener("copy of caller");
        every.Copy(["a", "b"], original).ShouldBe("a,bcopy of caller heard copied");
        original.Texts.ShouldBeEmpty();
        every.CopyBack().ShouldBeOfType<Listener>().Heard("here").ShouldBe("copy heard here");
    });

    [Fact]
    public Task Generic_interfaces_and_methods() => Run(static async every =>
    {
        every.Echo(5).ShouldBe(5);
        every.Echo("five").ShouldBe("five");
        every.Echo<int?>(null).ShouldBeNull();
        every.OrDefault<string>(null).ShouldBeNull();
        every.Boxed<int>(null).ShouldBeNull();
        every.Boxed<Gear>(Gear.High).ShouldBe(Gear.High);
        (await every.MapAsync([1, 2], static value => $"<{value}>")).ShouldBe(["<1>", "<2>"]);
        var tree = every.Tree;
        tree.Value.ShouldBe("root");
        tree.Append("leaf").Value.ShouldBe("leaf");
        tree.Next.ShouldNotBeNull().Value.ShouldBe("leaf");
        tree.Next!.Next.ShouldBeNull();
        var number = every.Make(5);
        number.Value++;
        number.Value.ShouldBe(6);
        number.Wrap().Wrap().Value.ShouldBe([[6]]);
    });

    [Fact]
    public Task Exceptions_have_their_type_and_both_stacks() => Run(static async every =>
    {
        Should.Throw<InvalidOperationException>(() => every.Fail).Message.ShouldBe("No value.");
        var later = await Should.ThrowAsync<ArgumentException>(every.FailAsync("late"));
        later.Message.ShouldBe("late");
        later.StackTrace.ShouldNotBeNull().ShouldContain(nameof(EveryMember));
    });

    [Fact]
    public Task Calls_are_in_order() => Run(static async every =>
    {
        var calls = new List<Task>();
        for (var i = 0; i < 200; i++)
        {
            calls.Add(every.StoreAsync(i.ToString(System.Globalization.CultureInfo.InvariantCulture)).AsTask());
        }

        var last = every.StoredAsync(("", []));
        await Task.WhenAll(calls);
        (await last).Text.ShouldBe("199");
    });

    private static Task Run(Action<IEveryMember> test) => Run(every =>
    {
        test(every);
        return Task.CompletedTask;
    });

    private static Task Run(Func<IEveryMember, Task> test) => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<IEveryMember>(static () => new EveryMember());
        await test(service.Proxy);
    });

    private sealed class Reports<T> : IProgress<T>
    {
        public System.Collections.Concurrent.ConcurrentQueue<T> Values { get; } = new();

        public void Report(T value) => Values.Enqueue(value);
    }
}
