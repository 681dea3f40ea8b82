using System.Runtime.InteropServices;
using Multiprocessing.Platform.Portable;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Platform;

/// <summary>The table of sleepers that stands in where the system cannot sleep on shared memory.</summary>
public sealed unsafe class ParkingLotTests : IDisposable
{
    private const ulong Key = 7;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _directory = new();
    private readonly ParkingLot _lot;
    private readonly int* _word = (int*)NativeMemory.AllocZeroed(sizeof(int));

    public ParkingLotTests() => _lot = ParkingLot.Open(_directory.Path, create: true)!;

    public void Dispose()
    {
        NativeMemory.Free(_word);
        _directory.Dispose();
    }

    [Fact]
    public void There_is_none_before_a_waiter_sleeps() => ParkingLot.Open(_directory.File("elsewhere"), create: false).ShouldBeNull();

    [PosixFact("The table there is memory without a file.")]
    public void None_is_made_in_a_directory_that_is_gone()
    {
        ParkingLot.Open(_directory.File("gone"), create: true).ShouldBeNull();
        Directory.Exists(_directory.File("gone")).ShouldBeFalse();
    }

    [Fact]
    public void A_waiter_that_sees_another_value_does_not_sleep()
    {
        *_word = 1;
        _lot.Sleep(Key, _word, 0, Patience + Patience);
        _lot.Wake(Key, 1).ShouldBe(0);
    }

    [Fact]
    public void A_sleep_ends_with_its_time()
    {
        _lot.Sleep(Key, _word, 0, TimeSpan.FromMilliseconds(20));
        _lot.Wake(Key, int.MaxValue).ShouldBe(0);
    }

    [Fact]
    public void Only_sleepers_on_the_word_are_woken()
    {
        var sleeper = StartSleeper(Key);
        _lot.Wake(Key + 1, int.MaxValue).ShouldBe(0);
        sleeper.IsAlive.ShouldBeTrue();
        WakeOne();
        sleeper.Join(Patience).ShouldBeTrue();
    }

    [Fact]
    public void Another_mapping_of_the_same_table_wakes_too()
    {
        var sleeper = StartSleeper(Key);
        var other = ParkingLot.Open(_directory.Path, create: false)!;
        SpinWait.SpinUntil(() => other.Wake(Key, 1) == 1, Patience).ShouldBeTrue();
        sleeper.Join(Patience).ShouldBeTrue();
    }

    [Fact]
    public void A_count_wakes_so_many_and_the_longest_sleepers_first()
    {
        var woken = new List<int>();
        var sleepers = new List<Thread>();
        for (var i = 0; i < 4; i++)
        {
            var number = i;
            sleepers.Add(StartSleeper(Key, () =>
            {
                lock (woken)
                {
                    woken.Add(number);
                }
            }));
        }

        for (var i = 0; i < 4; i++)
        {
            WakeOne();
            sleepers[i].Join(Patience).ShouldBeTrue();
        }

        woken.ShouldBe([0, 1, 2, 3]);
        _lot.Wake(Key, 1).ShouldBe(0);
    }

    [Fact]
    public void All_are_woken_at_once()
    {
        var sleepers = Enumerable.Range(0, 5).Select(_ => StartSleeper(Key)).ToList();
        _lot.Wake(Key, int.MaxValue).ShouldBe(5);
        sleepers.ShouldAllBe(sleeper => sleeper.Join(Patience));
    }

    [PosixFact("Bells there have names and no files.")]
    public void Sleeping_leaves_no_handle_open_and_takes_the_same_place_again()
    {
        for (var i = 0; i < 50; i++)
        {
            _lot.Sleep(Key, _word, 0, TimeSpan.FromMilliseconds(1));
        }

        Directory.GetFiles(Path.Combine(_directory.Path, "parking")).Length.ShouldBe(2);
    }

    private void WakeOne() => SpinWait.SpinUntil(() => _lot.Wake(Key, 1) == 1, Patience).ShouldBeTrue();

    /// <summary>Starts a thread that sleeps on the word, and returns once it does.</summary>
    private Thread StartSleeper(ulong key, Action? afterwards = null)
    {
        var before = _lot.CountSleepers(key);
        var thread = new Thread(() =>
        {
            _lot.Sleep(key, _word, 0, Patience + Patience);
            afterwards?.Invoke();
        });
        thread.Start();
        SpinWait.SpinUntil(() => _lot.CountSleepers(key) > before, Patience).ShouldBeTrue();
        return thread;
    }
}
