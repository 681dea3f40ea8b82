using Multiprocessing.Platform;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>Leftovers of killed programs are found and removed; what living programs use stays.</summary>
public class LeftoverTests : ProcessTest
{
    // A program of the same user that starts elsewhere on the machine removes what it finds: then a test begins with another leftover.
    private const int MostAttempts = 10;

    [Fact]
    public async Task Shared_memory_of_a_program_whose_processes_were_all_killed_is_found_and_removed() => await Watchdog.Run(() =>
    {
        var path = "";
        var root = 0;
        ProgramLeftover? found = null;
        ProgramLeftover? removed = null;
        for (var attempt = 0; removed is null; attempt++)
        {
            attempt.ShouldBeLessThan(MostAttempts, "what was found is there until it is removed");
            path = KillProgram(out root);

            // The system releases a lock when the last thread of the process has ended, a moment after the process counts as ended.
            Eventually.Is(() => (found = Find(path)) is not null || !Directory.Exists(path), $"{path} is a leftover");

            // To find is not to remove: it is there for this call.
            removed = found is null ? null : ProgramLeftovers.Remove().SingleOrDefault(leftover => leftover.Path == path);
        }

        found!.Kind.ShouldBe(ProgramLeftoverKind.Session);
        found.RootProcessId.ShouldBe(root);
        found.SurvivingProcessIds.ShouldBeEmpty();
        found.FileCount.ShouldBeGreaterThan(2);
        found.Bytes.ShouldBeGreaterThan(100_000);
        found.Error.ShouldBeNull();
        removed.Error.ShouldBeNull();
        Directory.Exists(path).ShouldBeFalse();
        Find(path).ShouldBeNull();
    });

    [Fact]
    public async Task Living_programs_have_no_leftovers() => await Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<int>();
        queue.Put(1);
        using var living = Companion.Start(ProgramShape.Library, "watched");
        living.WaitFor("hung");
        ProgramLeftovers.Find().ShouldNotContain(leftover => leftover.Path == Session.Current.Directory || leftover.RootProcessId == living.Id);
        ProgramLeftovers.Remove();
        queue.Get().ShouldBe(1);
        Directory.Exists(Session.Current.Directory).ShouldBeTrue();
        ProcessEntry.IsGone(living.Id).ShouldBeFalse();
        RemoveAfter(living);
    });

    [PosixFact("On Windows the directory has this name while its session lives.")]
    public async Task A_directory_that_a_dead_process_was_creating_is_found_and_removed() => await Watchdog.Run(() =>
    {
        using var gone = Stranger.StartEnding(0);
        gone.WaitForExit();
        var draft = Path.Combine(
            SessionDirectory.SharedRoot, $"{SessionDirectory.Prefix}00112233445566dd.{gone.Id}.1.{ProcessIdentity.Namespace}{SessionDirectory.DraftEnding}");
        ProgramLeftover? found = null;
        for (var attempt = 0; found is null; attempt++)
        {
            attempt.ShouldBeLessThan(MostAttempts, "the draft is a leftover");
            Directory.CreateDirectory(draft);
            found = Find(draft);
        }

        found.Kind.ShouldBe(ProgramLeftoverKind.Unfinished);
        ProgramLeftovers.Remove();
        Directory.Exists(draft).ShouldBeFalse();
    });

    [PosixFact("The stranger is a program of POSIX.")]
    public async Task A_process_that_survived_its_root_is_named_and_killed() => await Watchdog.Run(() =>
    {
        for (var attempt = 0; ; attempt++)
        {
            // Another program that starts meanwhile removes it first.
            attempt.ShouldBeLessThan(MostAttempts, "what was found is there until it is removed");
            using var survivor = Stranger.StartSleeping();
            var session = Session.CreateRoot();
            MakeRootDead(session, survivor.Id);
            var isNamed = Find(session.Directory)?.SurvivingProcessIds is [var id] && id == survivor.Id;
            Eventually.Is(
                () =>
                {
                    ProgramLeftovers.Remove();
                    return !Directory.Exists(session.Directory);
                },
                "it is removed");
            survivor.WaitForExit();
            session.Leave();
            if (isNamed)
            {
                return;
            }
        }
    });

    private static ProgramLeftover? Find(string path) => ProgramLeftovers.Find().SingleOrDefault(leftover => leftover.Path == path);

    private static unsafe void MakeRootDead(Session session, int survivor)
    {
        session.Liveness.Activate(session.Liveness.Reserve(), survivor);
        session.Memory.Header->RootStartTime += 1; // as if the number had belonged to an earlier process

        // This process has a slot, too, and must not be killed: also not by another program that sweeps as soon as the lock is free.
        session.Memory.Participants[0].StartTime += 1;
        session.Files.Close(remove: false);
    }

    /// <summary>Kills a program so that none of its processes can clean up, and returns the directory that it leaves.</summary>
    private static string KillProgram(out int root)
    {
        using var program = Companion.Start(ProgramShape.Library, "watched");
        program.WaitFor("hung");
        root = program.Id;
        var path = SessionOf(root);
        ProcessEntry.KillTree(root);
        return path;
    }

    private static void RemoveAfter(Companion program)
    {
        var path = SessionOf(program.Id);
        ProcessEntry.KillTree(program.Id);

        // A process of the program that had begun to remove it has renamed it, and was killed, too.
        Eventually.Is(
            () =>
            {
                ProgramLeftovers.Remove();
                return Directory.GetDirectories(SessionDirectory.SharedRoot, $"{Path.GetFileName(path)}*").Length == 0;
            },
            $"{path} is removed");
    }

    private static string SessionOf(int processId) => SessionDirectories.All().Single(directory => SessionSweep.ReadRoot(directory).RootProcessId == processId);
}
