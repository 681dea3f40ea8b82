using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Serialization;

public class ConcurrencyTests
{
    private sealed record First(int Number, object? Other);

    private sealed record Second(string Text, First? First, List<object> Items);

    [Fact]
    public void Threads_may_serialize_at_once_types_that_are_new_included() =>
        Parallel.For(0, 2000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, static i =>
        {
            var number = i;
            Func<int> body = () => number;
            var value = new Second("t" + i, new First(i, body), [i, "x", new First(-i, null), (i, "pair")]);
            var copy = Message.RoundTrip(value);
            copy.Text.ShouldBe(value.Text);
            ((Func<int>)copy.First!.Other!)().ShouldBe(i);
            copy.Items.ShouldBe(value.Items);
        });
}
