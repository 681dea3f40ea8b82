using System.Net.Sockets;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Serialization;

public class ClosureTests
{
    private readonly int _own = 42;

    [Fact]
    public void A_lambda_without_captures_keeps_its_singleton_target()
    {
        Func<int, int> doubled = static x => x * 2;
        var copy = Message.RoundTrip(doubled);
        copy(21).ShouldBe(42);
        copy.Target.ShouldBeSameAs(doubled.Target);
    }

    [Fact]
    public void Captured_locals_cross_as_a_copy()
    {
        var number = 40;
        var text = "x";
        Func<string> body = () => text + (number + 2);
        var copy = Message.RoundTrip(body);
        number = 0;
        copy().ShouldBe("x42");
    }

    [Fact]
    public void Only_the_variables_that_the_body_reads_are_taken()
    {
        var number = 1;
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        Func<int> reads = () => number;
        Action other = () => socket.Close();
        Message.RoundTrip(reads)().ShouldBe(1);
        Message.Refused(other).Path.ShouldBe("item -> captured variable 'socket'");
    }

    [Fact]
    public void A_variable_that_is_only_written_is_not_taken()
    {
        object? result = new Socket(SocketType.Stream, ProtocolType.Tcp);
        Action body = () => result = null;
        Message.RoundTrip(body)();
        ((Socket)result).Dispose();
    }

    [Fact]
    public void Nested_scopes_are_followed_and_their_other_variables_left_behind()
    {
        var outer = 5;
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        Action keepsSocket = () => socket.Close();
        for (var i = 1; i < 2; i++)
        {
            var inner = i * 10;
            Func<int> body = () => outer + inner;
            Message.RoundTrip(body)().ShouldBe(15);
        }

        keepsSocket.ShouldNotBeNull();
    }

    [Fact]
    public void Nested_lambdas_and_local_functions_are_followed()
    {
        var first = 1;
        var second = 2;
        var third = 3;
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        Action keepsSocket = () => socket.Close();
        int Local() => second;
        Func<int> body = () =>
        {
            Func<int> nested = () => third;
            return first + Local() + nested();
        };
        Message.RoundTrip(body)().ShouldBe(6);
        keepsSocket.ShouldNotBeNull();
    }

    [Fact]
    public async Task Async_lambdas_are_followed_into_their_state_machine()
    {
        var number = 20;
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        Action keepsSocket = () => socket.Close();
        Func<Task<int>> body = async () =>
        {
            await Task.Yield();
            var before = number;
            await Task.Yield();
            return before + number;
        };
        (await Message.RoundTrip(body)()).ShouldBe(40);
        keepsSocket.ShouldNotBeNull();
    }

    [Fact]
    public void Iterator_local_functions_are_followed()
    {
        var end = 3;
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        Action keepsSocket = () => socket.Close();
        IEnumerable<int> Count()
        {
            for (var i = 0; i < end; i++)
            {
                yield return i;
            }
        }

        Func<int> body = () => Count().Sum();
        Message.RoundTrip(body)().ShouldBe(3);
        keepsSocket.ShouldNotBeNull();
    }

    [Fact]
    public void Two_lambdas_over_one_scope_share_its_copy_with_the_fields_of_both()
    {
        var count = 0;
        var step = 5;
        Action add = () => count += step;
        Func<int> read = () => count;
        var (addCopy, readCopy) = Message.RoundTrip((add, read));
        addCopy();
        addCopy();
        readCopy().ShouldBe(10);
        count.ShouldBe(0);
    }

    [Fact]
    public void A_second_lambda_that_reads_more_of_an_outer_scope_gets_it()
    {
        var a = 1;
        var b = 2;
        var bodies = new List<Func<int>>();
        for (var i = 0; i < 1; i++)
        {
            var c = 10;
            bodies.Add(() => a + c);
            bodies.Add(() => b + c);
        }

        var copies = Message.RoundTrip(bodies);
        copies[0]().ShouldBe(11);
        copies[1]().ShouldBe(12);
    }

    [Fact]
    public void A_lambda_that_calls_itself_crosses()
    {
        Func<int, int> factorial = null!;
        factorial = n => n < 2 ? 1 : n * factorial(n - 1);
        Message.RoundTrip(factorial)(5).ShouldBe(120);
    }

    [Fact]
    public void A_captured_this_crosses_as_a_copy()
    {
        Func<int> body = () => _own;
        var copy = Message.RoundTrip(body);
        copy().ShouldBe(42);
        copy.Target.ShouldNotBeSameAs(this);
    }

    [Fact]
    public void Instance_static_generic_and_local_methods_cross()
    {
        Message.RoundTrip<Func<string>>(new List<int> { 1 }.First().ToString)().ShouldBe("1");
        Message.RoundTrip<Func<int, int>>(Math.Abs)(-3).ShouldBe(3);
        Message.RoundTrip<Func<string>>(NameOf<List<int>>)().ShouldBe("List`1");
        Message.RoundTrip<Func<int>>(new Holder<string>("abc").Length)().ShouldBe(3);
        Message.RoundTrip<Func<int, int>>(Local)(1).ShouldBe(2);
        static int Local(int x) => x + 1;
    }

    [Fact]
    public void Closures_in_generic_code_keep_their_type_arguments()
    {
        Message.RoundTrip(Make("a"))().ShouldBe("aString");
        Message.RoundTrip(Make(5))().ShouldBe("5Int32");
        static Func<string> Make<T>(T value) => () => value + typeof(T).Name;
    }

    [Fact]
    public void Multicast_delegates_keep_their_order()
    {
        var log = new List<string>();
        Action both = () => log.Add("first");
        both += () => log.Add("second");
        Func<List<string>> read = () => log;
        var (copy, readCopy) = Message.RoundTrip((both, read));
        copy();
        readCopy().ShouldBe(["first", "second"]);
        log.ShouldBeEmpty();
    }

    [Fact]
    public void Delegates_closed_over_the_first_argument_of_a_static_method_cross()
    {
        Func<int> count = new[] { 1, 2, 3 }.Count;
        Message.RoundTrip(count)().ShouldBe(3);
    }

    [Fact]
    public void A_closure_as_a_plain_object_is_taken_whole()
    {
        var number = 7;
        Func<int> body = () => number;
        var copy = Message.RoundTrip(body.Target!);
        copy.GetType().GetField("number")!.GetValue(copy).ShouldBe(7);
    }

    private static string NameOf<T>() => typeof(T).Name;

    private sealed class Holder<T>(T value)
    {
        public int Length() => value!.ToString()!.Length;
    }
}
