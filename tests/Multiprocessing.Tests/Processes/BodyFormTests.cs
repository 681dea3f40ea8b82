using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

public class BodyFormTests : ProcessTest
{
    private delegate int Doubler(int value);

    private class Basic
    {
        public virtual int Work() => Environment.ProcessId;
    }

    private sealed class Overriding : Basic
    {
        public override int Work() => ChildProcess.Run(base.Work).Take();

        public async Task<int> InPool(ProcessPool pool) => await pool.RunAsync(base.Work);
    }

    [Fact]
    public Task A_method_group_of_base_runs_the_method_of_the_base() => Watchdog.Run(async () =>
    {
        new Overriding().Work().ShouldNotBe(Environment.ProcessId);
        await using var pool = new ProcessPool(new() { Workers = 1 });
        (await new Overriding().InPool(pool)).ShouldNotBe(Environment.ProcessId);
    });

    [Fact]
    public Task A_static_method_runs_as_a_method_group() => Watchdog.Run(() =>
        ChildProcess.Run(Twice, 21).Take().ShouldBe(42));

    [Fact]
    public Task A_generic_method_runs_with_its_type_arguments() => Watchdog.Run(() =>
    {
        ChildProcess.Run(NameOf<Dictionary<string, int[]>>).Take().ShouldBe(NameOf<Dictionary<string, int[]>>());
        ChildProcess.Run(Generic<Guid>.NameWith<DateTime>).Take().ShouldBe("System.Guid System.DateTime");
    });

    [Fact]
    public Task An_instance_method_takes_its_object_along() => Watchdog.Run(() =>
    {
        var counter = new Counter { Start = 40 };
        ChildProcess.Run(counter.Add, 2).Take().ShouldBe(42);
    });

    [Fact]
    public Task An_instance_method_of_a_struct_takes_its_value_along() => Watchdog.Run(() =>
    {
        var pair = new Pair(40, 2);
        ChildProcess.Run(pair.Sum).Take().ShouldBe(42);
    });

    [Fact]
    public Task A_virtual_method_runs_in_the_derived_class() => Watchdog.Run(() =>
    {
        Animal animal = new Dog();
        ChildProcess.Run(animal.Speak).Take().ShouldBe("woof");
    });

    [Fact]
    public Task An_extension_method_takes_its_first_argument_along() => Watchdog.Run(() =>
        ChildProcess.Run("hello".Shouted).Take().ShouldBe("HELLO!"));

    [Fact]
    public Task A_static_local_function_runs() => Watchdog.Run(() =>
    {
        ChildProcess.Run(Local, 6).Take().ShouldBe(36);

        static int Local(int value) => value * value;
    });

    [Fact]
    public Task A_local_function_takes_what_it_captures_along() => Watchdog.Run(() =>
    {
        var factor = 7;
        ChildProcess.Run(Local, 6).Take().ShouldBe(42);

        int Local(int value) => value * factor;
    });

    [Fact]
    public Task A_recursive_local_function_runs() => Watchdog.Run(() =>
    {
        ChildProcess.Run(Factorial, 10).Take().ShouldBe(3_628_800);

        int Factorial(int value) => value <= 1 ? 1 : value * Factorial(value - 1);
    });

    [Fact]
    public Task A_lambda_in_a_generic_method_knows_its_type_argument() => Watchdog.Run(() =>
    {
        RunNameOf<Version>(new Version(1, 2)).ShouldBe("System.Version 1.2");
        RunNameOf(5).ShouldBe("System.Int32 5");

        static string RunNameOf<T>(T value) => ChildProcess.Run(() => $"{typeof(T)} {value}").Take();
    });

    [Fact]
    public Task A_delegate_of_the_users_own_type_is_converted_by_its_Invoke() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<int>().Watch();
        Doubler doubler = value =>
        {
            queue.Put(value * 2);
            return value;
        };
        using var child = ChildProcess.Create(doubler.Invoke, 21);
        child.Start();
        child.Join();
        child.ExitStatus!.IsSuccess.ShouldBeTrue(child.ExitStatus.ToString());
        queue.GetNoWait().ShouldBe(42);
    });

    [Fact]
    public Task A_delegate_of_several_methods_runs_them_all_in_order() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<int>().Watch();
        Action body = () => queue.Put(1);
        body += () => queue.Put(2);
        ChildProcess.Run(body).TakeFailure().ShouldBeNull();
        queue.GetMany(2).ShouldBe([1, 2]);
    });

    [Fact]
    public Task A_body_that_only_throws_compiles_and_throws() => Watchdog.Run(() =>
    {
        var quiet = new ChildProcessOptions { StandardError = ProcessOutput.Discard };
        ChildProcess.Run(() => throw new FormatException("thrown"), quiet).TakeFailure().ShouldBeOfType<FormatException>();
        ChildProcess.Run(async () => throw new FormatException("thrown"), quiet).TakeFailure().ShouldBeOfType<FormatException>();
        ChildProcess.Run(number => throw new FormatException($"thrown {number}"), 1, quiet).TakeFailure().ShouldBeOfType<FormatException>().Message.ShouldBe("thrown 1");
    });

    [Fact]
    public Task A_lambda_of_a_test_class_may_use_its_fields_only_if_they_can_cross() => Watchdog.Run(() =>
    {
        var holder = new Holder { Number = 42 };
        holder.RunsNumber().ShouldBe(42);
        Should.Throw<NotSerializableException>(() => holder.RunsThread()).Path.ShouldContain("_thread");
    });

    private static int Twice(int value) => value * 2;

    private static string NameOf<T>() => typeof(T).ToString();

    private readonly record struct Pair(int Left, int Right)
    {
        public int Sum() => Left + Right;
    }

    private static class Generic<T1>
    {
        public static string NameWith<T2>() => $"{typeof(T1)} {typeof(T2)}";
    }

    private sealed class Counter
    {
        public int Start { get; init; }

        public int Add(int value) => Start + value;
    }

    private class Animal
    {
        public virtual string Speak() => "...";
    }

    private sealed class Dog : Animal
    {
        public override string Speak() => "woof";
    }

    private sealed class Holder
    {
        private readonly Thread _thread = Thread.CurrentThread;

        public required int Number { get; init; }

        public int RunsNumber()
        {
            var number = Number;
            return ChildProcess.Run(() => number).Take();
        }

        public int RunsThread() => ChildProcess.Run(() => _thread.ManagedThreadId).Take();
    }
}

internal static class Shouting
{
    public static string Shouted(this string text) => text.ToUpperInvariant() + "!";
}
