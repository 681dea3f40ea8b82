using System.Diagnostics;
using Multiprocessing.Platform;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Segments;

public sealed class SessionTests
{
    [Fact]
    public void A_session_is_a_private_directory_that_goes_when_the_root_leaves()
    {
        var session = Session.CreateRoot();
        session.IsRoot.ShouldBeTrue();
        session.RootIsAlive.ShouldBeTrue();
        session.Self.Slot.ShouldBe(0);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(session.Directory).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        session.Leave();
        Directory.Exists(session.Directory).ShouldBeFalse();
        session.Leave();
        Should.Throw<ObjectDisposedException>(() => new ProcessQueue<int>(session, new ProcessQueueOptions(), raw: true));
    }

    [Fact]
    public void Where_dev_shm_is_missing_the_temp_directory_serves()
    {
        var session = Session.CreateRoot("/nowhere");
        session.Directory.ShouldStartWith(Path.GetTempPath());
        using (var queue = new ProcessQueue<int>(session, new ProcessQueueOptions(), raw: true))
        {
            queue.Put(1);
            queue.Get().ShouldBe(1);
        }

        session.Leave();
        Directory.Exists(session.Directory).ShouldBeFalse();
    }

    [Fact]
    public void A_segment_for_which_there_is_no_room_is_an_exception_that_says_how_much_was_asked()
    {
        var session = Session.CreateRoot();
        var before = session.Segments.CountLive(SegmentKind.Array);
        var exception = Should.Throw<InsufficientSharedMemoryException>(() => session.Segments.Create(SegmentKind.Array, 1L << 46, SegmentId.None));
        exception.RequestedBytes.ShouldBe(1L << 46);
        exception.AvailableBytes.ShouldBeGreaterThan(0);
        session.Segments.CountLive(SegmentKind.Array).ShouldBe(before);
        session.Leave();
        Directory.Exists(Path.Combine(Path.GetTempPath(), Path.GetFileName(session.Directory))).ShouldBeFalse();
    }

    [Fact]
    public unsafe void A_new_session_kills_who_is_left_of_a_dead_roots_session_and_removes_it()
    {
        var stale = Session.CreateRoot();
        using var survivor = Stranger.StartSleeping();
        stale.Liveness.Activate(stale.Liveness.Reserve(), survivor.Id);

        // As if the root had been killed: its lock is free, and its pid belongs to another process now. Another program may sweep first, and this
        // process is not to be taken for one that is left.
        stale.Memory.Header->RootStartTime += 1;
        stale.Participants[0]->StartTime += 1;
        stale.RootIsAlive.ShouldBeFalse();
        stale.Files.Close(remove: false);
        Session.CreateRoot().Leave();
        IsSwept(stale.Directory);
        survivor.WaitForExit(60_000).ShouldBeTrue();
        stale.Leave();
    }

    [Fact]
    public void A_living_session_is_not_swept()
    {
        var living = Session.CreateRoot();
        using var member = Stranger.StartSleeping();
        living.Liveness.Activate(living.Liveness.Reserve(), member.Id);
        Session.CreateRoot().Leave();
        Directory.Exists(living.Directory).ShouldBeTrue();
        member.HasExited.ShouldBeFalse();
        member.Kill();
        living.Leave();
    }

    [Fact]
    public void A_directory_whose_maker_died_before_it_was_finished_is_swept()
    {
        using var gone = Stranger.StartEnding(0);
        gone.WaitForExit();
        var draft = Path.Combine(SessionDirectory.SharedRoot, $"{SessionDirectory.Prefix}00112233aabbccdd.{gone.Id}.1.new");
        var made = MakeElsewhere();
        File.WriteAllText(Path.Combine(made, "session"), "half");
        Directory.Move(made, draft);
        Session.CreateRoot().Leave();
        IsSwept(draft);
    }

    /// <summary>Every state in which a removal that was killed in the middle can leave the directory: the files go in any order.</summary>
    [Fact]
    public void A_directory_whose_removal_was_interrupted_is_swept()
    {
        string[] files = ["lock", "session", "1-1", "second"];
        using var gone = Stranger.StartEnding(0);
        gone.WaitForExit();
        for (var left = 0; left < 1 << files.Length; left++)
        {
            foreach (var ending in (string[])["", $".{gone.Id}.1.{Multiprocessing.Platform.ProcessIdentity.Namespace}.new", $".{gone.Id}.1.new"])
            {
                if (ending.Length == 0 && OperatingSystem.IsWindows())
                {
                    continue; // there the name has the maker's pid all the time
                }

                var path = Path.Combine(SessionDirectory.SharedRoot, $"{SessionDirectory.Prefix}{left:x16}{ending}");
                var made = MakeElsewhere();
                for (var i = 0; i < files.Length; i++)
                {
                    if ((left & (1 << i)) != 0)
                    {
                        File.WriteAllText(Path.Combine(made, files[i]), i == 3 ? Path.Combine(path, "nowhere") : "half");
                    }
                }

                Directory.Move(made, path);
                SessionSweep.Run();
                IsSwept(path);
            }
        }
    }

    [PosixFact("On Windows the directory's name says whose it is.")]
    public void A_living_session_whose_lock_file_was_deleted_is_not_swept()
    {
        var living = Session.CreateRoot();
        File.Delete(Path.Combine(living.Directory, SessionDirectory.LockFile));
        SessionSweep.Run();
        Directory.Exists(living.Directory).ShouldBeTrue();
        living.Leave();
        Directory.Exists(living.Directory).ShouldBeFalse();
    }

    [PosixFact("Windows has no pid namespaces.")]
    public void A_directory_that_a_process_of_another_pid_namespace_makes_is_not_swept()
    {
        var draft = Path.Combine(SessionDirectory.SharedRoot, $"{SessionDirectory.Prefix}00112233aabbccee.{int.MaxValue}.1.1234.new");
        Directory.CreateDirectory(draft);
        SessionSweep.Run();
        Directory.Exists(draft).ShouldBeTrue("nobody here knows whether its maker lives");
        Directory.SetLastWriteTimeUtc(draft, DateTime.UtcNow - TimeSpan.FromHours(1));
        SessionSweep.Run();
        Directory.Exists(draft).ShouldBeFalse();
    }

    [Fact]
    public unsafe void Destroy_does_nothing_while_the_root_lives_and_cleans_up_once_it_is_dead()
    {
        var root = Session.CreateRoot();
        var child = Session.Attach(root.Directory, root.Liveness.Reserve());
        child.Destroy();
        Directory.Exists(root.Directory).ShouldBeTrue();
        root.Memory.Header->RootStartTime += 1;
        root.Participants[0]->StartTime += 1; // another program may sweep first, and this process is not to be taken for one that is left
        root.Participants[child.Self.Slot]->StartTime += 1;
        root.Files.Close(remove: false);
        Eventually.Is(
            () =>
            {
                child.Destroy(); // does nothing while a process that another test starts has a copy of the lock
                return !Directory.Exists(root.Directory);
            },
            "its directory is removed");
        child.Destroy();
        child.Leave();
        root.Leave();
    }

    [Fact]
    public void A_slot_is_given_out_with_a_new_generation_and_the_earlier_exit_is_known_until_then()
    {
        var session = Session.CreateRoot();
        var first = session.Liveness.Reserve();
        session.Liveness.IsAlive(first).ShouldBeTrue();
        session.Liveness.Activate(first, Environment.ProcessId);
        session.Liveness.ExitOf(first).ShouldBeNull();
        session.Liveness.MarkDead(first, new ParticipantExit(Environment.ProcessId, ExitReason.Unknown, -1, -1));
        session.Liveness.MarkDead(first, new ParticipantExit(Environment.ProcessId, ExitReason.Exited, 7, -1));
        session.Liveness.MarkDead(first, new ParticipantExit(Environment.ProcessId, ExitReason.Killed, -1, 9));
        session.Liveness.ExitOf(first)!.Value.Code.ShouldBe(7);
        session.Liveness.IsAlive(first).ShouldBeFalse();
        var others = new List<ParticipantId>();
        ParticipantId next;
        do
        {
            next = session.Liveness.Reserve();
            others.Add(next);
        }
        while (next.Slot != first.Slot);

        next.Generation.ShouldBe(first.Generation + 1);
        session.Liveness.ExitOf(first).ShouldBeNull();
        Should.Throw<InvalidOperationException>(() => session.Liveness.Reserve());
        foreach (var other in others)
        {
            session.Liveness.Abandon(other);
        }

        session.Liveness.ListParticipants().Count.ShouldBe(1);
        session.Leave();
    }

    [Fact]
    public void What_a_participant_says_about_itself_is_kept_until_its_slot_is_given_out_again()
    {
        var root = Session.CreateRoot();
        var child = Session.Attach(root.Directory, root.Liveness.Reserve());
        root.Liveness.SelfReported(child.Self).ShouldBeNull();
        child.Liveness.RecordSelf(ExitReason.UnhandledException, 134);
        child.Leave();
        root.Liveness.SelfReported(child.Self)!.Value.Reason.ShouldBe(ExitReason.UnhandledException);
        root.Liveness.MarkDead(child.Self, new ParticipantExit(Environment.ProcessId, ExitReason.UnhandledException, 134, -1));
        root.Liveness.SelfReported(child.Self)!.Value.Code.ShouldBe(134);
        root.Leave();
    }

    [Fact]
    public void A_slot_that_is_not_waiting_for_us_cannot_be_joined()
    {
        var root = Session.CreateRoot();
        var given = root.Liveness.Reserve();
        root.Liveness.Abandon(given);
        Should.Throw<InvalidOperationException>(() => Session.Attach(root.Directory, given));
        Should.Throw<InvalidOperationException>(() => Session.Attach(root.Directory + "x", given));
        root.Leave();
    }

    [Fact]
    public void A_process_that_ended_is_gone_and_so_is_a_zombie()
    {
        using var process = Stranger.StartSleeping();
        var startTime = ProcessIdentity.StartTimeOf(process.Id);
        startTime.ShouldBeGreaterThan(0);
        ProcessIdentity.IsRunning(process.Id, startTime).ShouldBeTrue();
        ProcessIdentity.IsRunning(process.Id, startTime + 1).ShouldBeFalse();
        process.Kill();
        process.WaitForExit();
        ProcessIdentity.IsRunning(process.Id, startTime).ShouldBeFalse();
        ProcessIdentity.IsRunning(0, 0).ShouldBeFalse();
    }

    /// <summary>Where no sweep looks: one of another test would remove it before it is complete.</summary>
    private static string MakeElsewhere() =>
        Directory.CreateDirectory(Path.Combine(SessionDirectory.SharedRoot, $"multiprocessing-test-{Guid.NewGuid():N}")).FullName;

    /// <summary>
    /// A sweep leaves a directory alone that another one, of a test beside this one, is removing, or whose lock a process has that another test starts.
    /// </summary>
    private static void IsSwept(string path) => Eventually.Is(
        () =>
        {
            SessionSweep.Run();
            return !Directory.Exists(path);
        },
        $"{path} is removed");
}
