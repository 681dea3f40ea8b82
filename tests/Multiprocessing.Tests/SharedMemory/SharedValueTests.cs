using System.Runtime.InteropServices;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Segments;

/// <summary>One value: what it does in one step, and for which types.</summary>
public sealed class SharedValueTests
{
    [Fact]
    public void It_begins_with_what_it_was_given()
    {
        using var zero = new SharedValue<int>();
        zero.Value.ShouldBe(0);
        using var given = new SharedValue<double>(3.625);
        given.Value.ShouldBe(3.625);
        given.Value = -4.25;
        given.Value.ShouldBe(-4.25);
    }

    [Fact]
    public void Whole_numbers_of_every_size_are_added_and_wrap_around()
    {
        Wraps<sbyte>(sbyte.MaxValue, 1, sbyte.MinValue);
        Wraps<byte>(250, 10, 4);
        Wraps<short>(short.MaxValue, 1, short.MinValue);
        Wraps<ushort>(65530, 10, 4);
        Wraps(int.MaxValue, 1, int.MinValue);
        Wraps(uint.MaxValue, 5U, 4U);
        Wraps(long.MaxValue, 1L, long.MinValue);
        Wraps(ulong.MaxValue, 5UL, 4UL);
        Wraps<nint>(nint.MaxValue, 1, nint.MinValue);
        Wraps<nuint>(nuint.MaxValue, 5, 4);

        static void Wraps<T>(T before, T added, T after)
            where T : unmanaged
        {
            using var value = new SharedValue<T>(before);
            value.Add(added).ShouldBe(after);
            value.Value.ShouldBe(after);
            value.Decrement();
            value.Increment().ShouldBe(after);
        }
    }

    [Fact]
    public void Fractions_are_added_too()
    {
        using var large = new SharedValue<double>(1.5);
        large.Add(-4).ShouldBe(-2.5);
        large.Increment().ShouldBe(-1.5);
        using var medium = new SharedValue<float>(1.5f);
        medium.Add(2).ShouldBe(3.5f);
        medium.Decrement().ShouldBe(2.5f);
        using var small = new SharedValue<Half>((Half)1.5);
        small.Add((Half)2).ShouldBe((Half)3.5);
        using var nothing = new SharedValue<double>(double.NaN);
        nothing.Add(1).ShouldBe(double.NaN, "and it comes back from the attempt");
    }

    [Fact]
    public void Values_are_exchanged_whole_whatever_lies_in_them()
    {
        using var pair = new SharedValue<(int Low, int High)>((1, 2));
        pair.Exchange((3, 4)).ShouldBe((1, 2));
        pair.CompareExchange((5, 6), (3, 0)).ShouldBe((3, 4));
        pair.CompareExchange((5, 6), (3, 4)).ShouldBe((3, 4));
        pair.Value.ShouldBe((5, 6));
        using var flag = new SharedValue<bool>();
        flag.Exchange(true).ShouldBeFalse();
        flag.Or(false).ShouldBeTrue();
        using var letter = new SharedValue<char>('x');
        letter.CompareExchange('y', 'x').ShouldBe('x');
        letter.Value.ShouldBe('y');
        using var fraction = new SharedValue<double>(0.0);
        fraction.CompareExchange(1, -0.0).ShouldBe(0.0);
        fraction.Value.ShouldBe(0.0, "-0.0 has other bits");
    }

    [Fact]
    public void Bits_are_set_and_cleared()
    {
        using var days = new SharedValue<DaysOfWeek>(DaysOfWeek.Monday);
        days.Or(DaysOfWeek.Sunday).ShouldBe(DaysOfWeek.Monday);
        days.And(DaysOfWeek.Sunday).ShouldBe(DaysOfWeek.Monday | DaysOfWeek.Sunday);
        days.Value.ShouldBe(DaysOfWeek.Sunday);
        using var small = new SharedValue<ushort>(0xF0F0);
        small.And(0xFF00).ShouldBe((ushort)0xF0F0);
        small.Or(0x000F).ShouldBe((ushort)0xF000);
        small.Value.ShouldBe((ushort)0xF00F);
        using var large = new SharedValue<long>(-1);
        large.And(0xFF).ShouldBe(-1);
        large.Or(0x100);
        large.Value.ShouldBe(0x1FF);
    }

    [Fact]
    public void What_a_type_cannot_do_in_one_step_is_refused_with_the_way_out()
    {
        using var large = new SharedValue<Guid>();
        Should.Throw<NotSupportedException>(() => large.Exchange(default)).Message.ShouldBe(
            "System.Guid has no atomic Exchange: it has 16 bytes, and the processor exchanges 1, 2, 4 or 8 bytes in one step. Change it inside Lock.");
        Should.Throw<NotSupportedException>(() => large.CompareExchange(default, default)).Message.ShouldContain("Lock");
        Should.Throw<NotSupportedException>(() => large.Add(default)).Message.ShouldContain("System.Guid has no atomic Add");
        using var money = new SharedValue<decimal>(1);
        Should.Throw<NotSupportedException>(() => money.Increment()).Message.ShouldContain("Increment");
        using var flag = new SharedValue<bool>();
        Should.Throw<NotSupportedException>(() => flag.Add(true));
        using var fraction = new SharedValue<double>();
        Should.Throw<NotSupportedException>(() => fraction.And(1)).Message.ShouldContain("And");
        Should.Throw<NotSupportedException>(() => fraction.Or(1)).Message.ShouldContain("Or");
        money.Value.ShouldBe(1);
    }

    [Fact]
    public void Fields_are_reached_through_the_reference_inside_the_lock()
    {
        using var account = new SharedValue<Account>(new Account { Owner = 7 });
        using (account.Lock.EnterScope())
        {
            account.Reference.Balance += 5;
            account.Reference.Transfers++;
        }

        account.Value.ShouldBe(new Account { Owner = 7, Balance = 5, Transfers = 1 });
    }

    [Fact]
    public void A_value_larger_than_a_page_is_kept_whole()
    {
        Large large = default;
        ((Span<byte>)large).Fill(9);
        using var value = new SharedValue<Large>(large);
        large = value.Value;
        ((Span<byte>)large).ContainsAnyExcept((byte)9).ShouldBeFalse();
    }

    [Fact]
    public void The_lock_is_one_and_may_be_entered_again()
    {
        using var value = new SharedValue<int>();
        value.Lock.ShouldBeSameAs(value.Lock);
        value.Lock.RecursionPolicy.ShouldBe(LockRecursionPolicy.SupportsRecursion);
        using (value.Lock.EnterScope())
        using (value.Lock.EnterScope())
        {
            value.Value++;
        }

        value.Lock.IsHeld.ShouldBeFalse();
    }

    [Fact]
    public void Everything_throws_after_Dispose()
    {
        var value = new SharedValue<int>(5);
        value.Dispose();
        value.Dispose();
        Should.Throw<ObjectDisposedException>(() => value.Value).Message.ShouldContain("SharedValue<Int32>");
        Should.Throw<ObjectDisposedException>(() => value.Value = 1);
        Should.Throw<ObjectDisposedException>(() => value.Add(1));
        Should.Throw<ObjectDisposedException>(() => value.Increment());
        Should.Throw<ObjectDisposedException>(() => value.Exchange(1));
        Should.Throw<ObjectDisposedException>(() => value.CompareExchange(1, 1));
        Should.Throw<ObjectDisposedException>(() => value.And(1));
        Should.Throw<ObjectDisposedException>(() => { _ = value.Reference; });
        Should.Throw<ObjectDisposedException>(() => value.Lock);
        using var queue = new ProcessQueue<SharedValue<int>>();
        Should.Throw<ObjectDisposedException>(() => queue.Put(value));
    }

    [Flags]
    private enum DaysOfWeek : byte
    {
        Monday = 1,
        Sunday = 64,
    }

    private record struct Account
    {
        public int Owner;
        public decimal Balance;
        public long Transfers;
    }

    [System.Runtime.CompilerServices.InlineArray(10_000)]
    [StructLayout(LayoutKind.Sequential)]
    private struct Large
    {
        public byte First;
    }
}
